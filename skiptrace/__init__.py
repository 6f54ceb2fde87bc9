"""skiptrace: find the right person, the right way to reach them, and the reason why.

The package is the domain: tables in, tables out. It knows nothing of schedulers, clocks or run folders; those live in
`jobs`. Rooms of the house are imported by name (`skiptrace.linkage`, `skiptrace.contacts`, ...).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from skiptrace.results.opened import Opened

__version__ = "0.1.0"


def open(project: str = ".") -> Opened:
    """A project's published runs, for a notebook: `skiptrace.open("project").latest.contact_points.to_arrow()`.

    `project`: its folder, or its place on an object store. Raises ConfigError where there is no project file."""
    from skiptrace.results.opened import Opened

    return Opened(project)
