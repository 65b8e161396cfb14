"""The table of commands: what there is, and which module carries it out.

Plain dictionaries: `aether --help` reads them and must not wait for anything else.
"""

from __future__ import annotations

#: Command to its module in this package, its operands and one line for the overview.
COMMANDS: dict[str, tuple[str, str, str]] = {
    "run": ("_run", "FILE", "Run a workflow in this process and wait for its end."),
    "validate": ("_validate", "FILE ...", "Report every problem of documents; runs nothing."),
    "resume": ("_resume", "RUN", "Let a suspended task go on, and the run with it."),
    "recover": ("_recover", "", "Go on with every run whose process is gone."),
    "get": ("_get", "RUN", "Show one run with all its tasks."),
    "list": ("_list", "", "List runs, newest first."),
    "plugins list": ("_plugins_list", "", "List installed plugins; imports none of them."),
    "plugins show": ("_plugins_show", "NAME", "Load one plugin and show what is known of it."),
    "plugins check": ("_plugins_check", "", "Load every plugin; fails if one of them does."),
    "executors list": ("_executors_list", "", "List the executors that workflows can use."),
    "executors describe": (
        "_executors_describe",
        "TYPE",
        "Show the inputs and outputs of an executor.",
    ),
    "schema": ("_schema", "", "Print the JSON Schema of documents, or of one executor."),
    "doctor": ("_doctor", "", "Check this installation."),
}

#: The first words of two-word commands.
GROUPS: dict[str, str] = {
    "plugins": "Look at installed plugins.",
    "executors": "Look at the executors of installed plugins.",
}

#: Commands that are planned and refuse to work until they exist.
UNSUPPORTED_COMMANDS: tuple[str, ...] = (
    "submit",
    "watch",
    "why",
    "cancel",
    "retry",
    "delete",
    "cron",
    "new",
    "graph",
    "serve",
    "worker",
)

#: Options that are planned, by command, each with the name of its value.
UNSUPPORTED_OPTIONS: dict[str, dict[str, str]] = {
    "run": {"--timeout": "D", "--secrets": "FILE", "--report": "FILE.html"},
}
