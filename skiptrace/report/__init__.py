"""Report: the figures of a run, and the one offline page that shows them. Counts and sums alone, never a value."""

from skiptrace.report.facts import summarise
from skiptrace.report.model import ReportInput
from skiptrace.report.render import render

__all__ = ["ReportInput", "render", "summarise"]
