"""Which of the project's sources an account's points and links rest on, and what these permit."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from jobs.explain.model import Explanation
from jobs.lineage import PORTFOLIO, Basis, bases
from skiptrace.errors import ConfigError
from skiptrace.project import load
from skiptrace.rulebook.loading import load as load_rulebook


def basis_of(told: Explanation, folder: Path, environ: Mapping[str, str]) -> tuple[Basis, ...]:
    """The basis of each source that shows a point of the account or has a linked record, the portfolio's first, by the project file of
    now. A source that is no part of the project any more permits nothing and is not among them."""
    try:
        project = load(folder, environ)
        rulebook = load_rulebook()
    except ConfigError:
        return ()
    shown = {sighting.source for point in told.points for sighting in point.sightings}
    return bases(project, rulebook, {PORTFOLIO, *shown, *(record.source for record in told.linked)})
