"""The table of commands: what there is, and which module carries it out.

Plain dictionaries: `aether --help` reads them and must not wait for anything else.
"""

from __future__ import annotations

#: Command to its module in this package, its operands and one line for the overview.
COMMANDS: dict[str, tuple[str, str, str]] = {
    "run": ("_run", "FILE [TEMPLATES ...]", "Run a workflow in this process and wait for its end."),
    "validate": ("_validate", "FILE ...", "Report every problem of documents; runs nothing."),
    "resume": ("_resume", "RUN", "Let a suspended task go on, and the run with it."),
    "retry": ("_retry", "RUN", "Begin an ended run again where it did not succeed."),
    "cancel": ("_cancel", "RUN", "Stop a run, in whichever process it is driven."),
    "submit": (
        "_submit",
        "FILE [TEMPLATES ...]",
        "Keep a run for the process that serves the store.",
    ),
    "recover": ("_recover", "", "Go on with every run whose process is gone."),
    "serve": ("_serve", "", "Execute submitted and abandoned runs, and fire schedules."),
    "get": ("_get", "RUN", "Show one run with all its tasks."),
    "watch": ("_watch", "RUN", "Follow a run that any process drives, until it ends."),
    "why": ("_why", "RUN [TASK]", "Explain why a run, or one of its tasks, is as it is."),
    "logs": ("_logs", "RUN [TASK]", "Print what the tasks of a run have said while they worked."),
    "artifacts": (
        "_artifacts_copy",
        "RUN [NAME]",
        "List the artifacts of a run, or copy one out of it.",
    ),
    "delete": ("_delete", "RUN", "Remove a run that has ended."),
    "list": ("_list", "", "List runs, newest first."),
    "graph": ("_graph", "FILE [TEMPLATES ...]", "Draw a document: Mermaid, Graphviz or SVG."),
    "cron create": ("_cron_create", "FILE", "Keep a schedule that starts a workflow."),
    "cron list": ("_cron_list", "", "List schedules with their next times."),
    "cron get": ("_cron_get", "NAME", "Show a schedule with its runs."),
    "cron update": ("_cron_update", "[NAME] FILE", "Replace the document of a schedule."),
    "cron delete": ("_cron_delete", "NAME", "Remove a schedule; its runs stay."),
    "cron suspend": ("_cron_suspend", "NAME", "Let a schedule start nothing for a while."),
    "cron resume": ("_cron_resume", "NAME", "Let a suspended schedule start runs again."),
    "cron trigger": ("_cron_trigger", "NAME", "Fire a schedule by hand, and run what it starts."),
    "plugins list": ("_plugins_list", "", "List installed plugins; imports none of them."),
    "plugins show": ("_plugins_show", "NAME", "Load one plugin and show what is known of it."),
    "plugins check": ("_plugins_check", "", "Load every plugin; fails if one of them does."),
    "plugins diff": (
        "_plugins_diff",
        "OLD.json [NEW.json]",
        "Compare schemas of executors; fails if documents could break.",
    ),
    "executors list": ("_executors_list", "", "List the executors that workflows can use."),
    "executors describe": (
        "_executors_describe",
        "TYPE",
        "Show the inputs and outputs of an executor.",
    ),
    "new executor": ("_new_executor", "[DIR]", "Make a plugin package from the template."),
    "schema": ("_schema", "", "Print the JSON Schema of documents, or of one executor."),
    "doctor": ("_doctor", "", "Check this installation."),
}

#: The first words of two-word commands.
GROUPS: dict[str, str] = {
    "cron": "Schedules: workflows that are started at certain times.",
    "plugins": "Look at installed plugins.",
    "executors": "Look at the executors of installed plugins.",
    "new": "Make something new from a template.",
}

#: Commands that are planned and refuse to work until they exist.
UNSUPPORTED_COMMANDS: tuple[str, ...] = ("worker",)
