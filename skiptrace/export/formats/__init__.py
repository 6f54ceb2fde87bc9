"""File formats of exports. A module is a format: SUFFIX, TEXT, OPTIONS with defaults, check, Writer and read."""

from __future__ import annotations

from functools import cache
from types import ModuleType

from skiptrace.plugins import modules, require


@cache
def formats() -> dict[str, ModuleType]:
    """The file formats there are, by name: modules with SUFFIX, TEXT, OPTIONS, check, Writer and read.

    Raises ConfigError when a module of the folder lacks one."""
    found = dict(modules(__name__))
    for module in found.values():
        require(module, "SUFFIX", "TEXT", "OPTIONS", "check", "Writer", "read")
    return found
