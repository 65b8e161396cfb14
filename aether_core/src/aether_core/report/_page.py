"""The whole page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aether_core.report._details import notes_html
from aether_core.report._model import History
from aether_core.report._picture import picture_html
from aether_core.report._style import STYLE
from aether_core.report._tasks import attention_html, tasks_html
from aether_core.report._text import duration_text, moment_text, phase_html, safe, shortened
from aether_core.report._values import Allowance, values_html

if TYPE_CHECKING:
    from aether_core.report._model import Report

# Of the outputs of the run, and of its notes.
_CHARACTERS: Final = 400_000
_MESSAGE: Final = 10_000


def report_html(report: Report) -> str:
    """Return a report as one HTML page that needs nothing else.

    The page loads nothing and runs nothing, and tells the browser to refuse both.
    """
    run = report.run
    title = safe(shortened(f"{run.phase}: {run.workflow} {run.run_id}", _MESSAGE))
    picture = picture_html(report)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n"
        f"{_head(report)}{attention_html(report)}{_values(report)}"
        f"{'<h2>Graph</h2>' if picture else ''}\n{picture}{tasks_html(report)}"
        f"<footer><p>As of {moment_text(report.made_at)}.</p></footer>\n</body>\n</html>\n"
    )


def _head(report: Report) -> str:
    run = report.run
    facts = {
        "Run": run.run_id,
        "Namespace": run.namespace,
        "Tasks": run.progress,
        "Created": moment_text(run.created_at),
        "Started": moment_text(run.started_at),
        "Finished": moment_text(run.finished_at),
        "Duration": duration_text(run.started_at, run.finished_at),
        "Message": shortened(run.message, _MESSAGE),
    }
    rows = "".join(
        f"<tr><th>{name}</th><td><pre>{safe(value)}</pre></td></tr>\n"
        for name, value in facts.items()
        if value
    )
    return (
        f"<h1>{phase_html(run.phase)} {safe(run.workflow)}</h1>\n"
        f'<table class="head">{rows}</table>\n{_reasons(report)}'
    )


def _reasons(report: Report) -> str:
    items = "".join(f"<li>{safe(shortened(text, _MESSAGE))}</li>\n" for text in report.reasons)
    return f"<h2>Why</h2>\n<ul>{items}</ul>\n" if items else ""


def _values(report: Report) -> str:
    """Return what the run has made, and what was noticed of it as a whole."""
    allowance = Allowance(_CHARACTERS)
    run = report.run
    return (
        values_html("<h2>Outputs</h2>", run.outputs, allowance)
        + values_html("<h2>Artifacts</h2>", run.artifacts, allowance)
        + notes_html("<h2>Notes</h2>", report.histories.get("", History()).notes, allowance)
    )
