"""Help texts above single commands: the overview, and those of command groups."""

from __future__ import annotations

from aether_core.cli._commands import COMMANDS, GROUPS, UNSUPPORTED_COMMANDS

_EXIT_STATUSES = """\
Exit status:
  0    it worked; a run ended Succeeded
  1    it ran and the outcome is bad: a run that did not succeed, documents with errors
  2    wrong usage, unreadable file, unknown run, or a document refused before running
  3    the run is suspended and waits for a resume
  70   the command itself failed: an internal error, or output that could not be written
  130  interrupted
"""

_ENVIRONMENT = """\
Environment:
  AETHER_STORE            where runs are kept, when --store is not given
  AETHER_ARTIFACTS        the folder of artifacts, when --artifacts is not given
  AETHER_SECRETS          the file of secrets, when --secrets is not given
  AETHER_SECRET_*         single secrets, when there is no file: AETHER_SECRET_<NAME>_<KEY>
  AETHER_PLUGINS_ALLOW    only these plugins load (names with commas between them)
  AETHER_PLUGINS_DENY     these plugins do not load
  AETHER_NO_PLUGINS       1: no plugin loads
  AETHER_TRACEBACK        1: errors come with their traceback
  NO_COLOR                anything: no colour on a terminal
"""


def overview() -> str:
    """Return the text of `aether --help`."""
    return (
        "usage: aether COMMAND [option ...]\n"
        "       aether COMMAND --help\n\n"
        "Runs workflow documents of the protocol aether/v1.\n\n"
        f"Commands:\n{_commands('')}\n"
        f"Not supported yet:\n  {', '.join(UNSUPPORTED_COMMANDS)}\n\n"
        "Options:\n"
        "  -h, --help  show this text\n"
        "  --version   show the version\n\n"
        f"{_ENVIRONMENT}\n{_EXIT_STATUSES}"
    )


def group_overview(group: str) -> str:
    """Return the text of `aether GROUP --help`."""
    return (
        f"usage: aether {group} COMMAND [option ...]\n\n"
        f"{GROUPS[group]}\n\n"
        f"Commands:\n{_commands(f'{group} ')}\n"
        f"`aether {group} COMMAND --help` shows the options of a command.\n"
    )


def _commands(prefix: str) -> str:
    """Return a line per command whose name begins with the prefix."""
    lines = {
        f"{name} {operands}".rstrip(): summary
        for name, (_, operands, summary) in COMMANDS.items()
        if name.startswith(prefix)
    }
    width = max(map(len, lines))
    return "".join(f"  {left:{width}}  {summary}\n" for left, summary in lines.items())
