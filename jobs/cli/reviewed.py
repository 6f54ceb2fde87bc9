"""What answers to `skiptrace review` say of a run, as text: how good the links are, and how many answers more would help."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jobs.cli.output import paragraph, show, show_table

if TYPE_CHECKING:
    from jobs.review.gauge import Gauge, Measure


def show_gauge(found: Gauge) -> None:
    """Print the bands with what was stated and what was answered, then precision and recall."""
    show(f"run {found.run_id}: {found.answers:,} answers")
    rows = [
        (f"{one.begins:g} to {one.ends:g}", "yes" if one.linked else "no", one.pairs, one.same, one.other, one.unsure, f"{one.stated:.4f}",
         "–" if one.share is None else f"{one.share:.4f}", f"{one.low:.4f} to {one.high:.4f}")
        for one in found.bands
    ]  # fmt: skip
    heads = ("probability", "linked", "pairs", "same", "other", "unsure", "stated", "answered", "of 95 in 100")
    show_table(heads, rows)
    if found.elsewhere:
        paragraph(f"{found.elsewhere:,} answers are about pairs that this run has not written, and are left out")
    show()
    show_left(found)


def show_left(found: Gauge) -> None:
    """Print precision and recall, and how many answers more would narrow them."""
    if not found.answers:
        paragraph("no answer tells anything yet of this run")
        return
    for name, one in (("precision", found.precision), ("recall", found.recall)):
        if one is not None:
            paragraph(f"{name} of the links, by {found.answers:,} answers: {one.value:.3f} ({one.low:.3f} to {one.high:.3f}); {_more(one)}")
    if found.enough:
        paragraph("that is enough: both are known to two points")


def _more(one: Measure) -> str:
    if one.two_points_by == 0:
        return "known to two points"
    halved = "cannot be halved" if one.halved_by is None else f"{one.halved_by:,} answers more halve it"
    near = "two points are out of reach" if one.two_points_by is None else f"{one.two_points_by:,} bring it to two points"
    return f"{halved}, {near}"
