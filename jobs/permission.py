"""Whether a project may read its sources at all: asked before any of them is read, and again before anything leaves."""

from __future__ import annotations

import datetime as dt

from skiptrace.compliance.licences import unserved
from skiptrace.errors import PermissionRefused
from skiptrace.project import Project, permitted
from skiptrace.rulebook.model import Rulebook


def require_usable(project: Project, rulebook: Rulebook, as_of: dt.date) -> None:
    """Raise PermissionRefused (exit 2) with every source that may not be used on `as_of`: by its purposes, contract or certification,
    or because it may serve none of the channels that the project plans."""
    problems = (*permitted(project, as_of), *unserved(project, rulebook))
    if problems:
        raise PermissionRefused("a source may not be used for the purposes of this run; nothing was read", problems)
