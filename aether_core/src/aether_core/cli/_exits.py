"""Exit statuses of the command (documented in `aether --help`)."""

from __future__ import annotations

#: It worked; a run ended Succeeded.
OK = 0
#: It ran and the outcome is bad: a run that did not succeed, documents with errors.
BAD = 1
#: Wrong usage, unreadable file, unknown id, or a document refused before running.
USAGE = 2
#: The run is suspended and waits for a resume.
SUSPENDED = 3
#: The command itself failed: an internal error, or its output could not be written.
INTERNAL = 70
#: Ended by a signal.
INTERRUPTED = 130
