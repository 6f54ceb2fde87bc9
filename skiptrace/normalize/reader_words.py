"""Every word of letters that the readers of street lines could tell from another.

Collected from the readers themselves, so that a new table, pattern or comparison is known here without being told: from
every module of this room that `street_lines` stands on, its constants, its compiled patterns, what its tables hold (the
functions that read one take no argument and remember it), and the texts that its functions compare with.
"""

from __future__ import annotations

import inspect
import re
import sys
from functools import lru_cache
from types import CodeType, FunctionType, ModuleType
from typing import Any

from skiptrace.normalize import street_lines
from skiptrace.normalize.words import read_lists

_ROOM = "skiptrace.normalize."
_WORD = re.compile("[A-Z]+")


@lru_cache(maxsize=1)
def reader_words() -> tuple[str, ...]:
    """Runs of upper-case letters, sorted. Raises ConfigError where a table is missing."""
    found: set[str] = set()
    for module in _modules(street_lines, {}).values():
        for name, item in vars(module).items():
            if not name.startswith("__"):
                _take(item, found)
    _take(read_lists("addresses"), found)
    return tuple(sorted(found))


def _modules(module: ModuleType, found: dict[str, ModuleType]) -> dict[str, ModuleType]:
    """The module and those of this room whose things it uses, by name."""
    found[module.__name__] = module
    for item in list(vars(module).values()):
        name = item.__name__ if isinstance(item, ModuleType) else getattr(item, "__module__", None)
        if isinstance(name, str) and name.startswith(_ROOM) and name not in found:
            _modules(sys.modules[name], found)
    return found


def _take(item: Any, found: set[str]) -> None:
    """Add the words of anything that a module holds."""
    if isinstance(item, str):
        found.update(_WORD.findall(item))
    elif isinstance(item, re.Pattern):
        bare = item.pattern.replace("(?:", "").replace(")", "").replace("?", "")  # GEN(?:ERAL)? is GENERAL as well
        found.update(_WORD.findall(item.pattern), _WORD.findall(bare))
    elif isinstance(item, dict):
        _take([*item.keys(), *item.values()], found)
    elif isinstance(item, list | tuple | set | frozenset):
        for part in item:
            _take(part, found)
    elif isinstance(item, CodeType):
        _take([part for part in item.co_consts if part is not None], found)
    elif isinstance(item, FunctionType):
        _take([part for part in item.__code__.co_consts if part != item.__doc__], found)
    elif hasattr(item, "cache_info") and str(item.__module__).startswith(_ROOM):
        _take(item.__wrapped__, found)
        if not inspect.signature(item).parameters:
            _take(item(), found)
    elif hasattr(item, "__dataclass_fields__") and not isinstance(item, type):
        _take(list(vars(item).values()), found)
