"""A run as one HTML page: readable without a network or a script, and small enough to be opened.

The page is made of what the outside may see of a run, so no secret gets into it.
"""

from __future__ import annotations

from aether_core.report._model import History, Moment, Report
from aether_core.report._page import report_html
from aether_core.report._read import read_report

__all__ = ["History", "Moment", "Report", "read_report", "report_html"]
