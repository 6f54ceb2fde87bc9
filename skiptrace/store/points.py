"""Named points of the commit protocol: the moments between two steps at which a process may die.

`passed` does nothing. A test puts a function in its place (`skiptrace.store.points.passed = …`) that ends the process, or lets
another one go first, so that every moment can be tried; callers look the name up each time.
"""

from __future__ import annotations


def passed(point: str) -> None:
    """A step of the protocol is about to be taken, or was taken, as its name says."""
