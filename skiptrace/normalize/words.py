"""Word lists and tables of `rules/words/`, read once per process.

Lists of words are data: a new spelling is a line in a file, not a change of code.
"""

from __future__ import annotations

import csv
import tomllib
from functools import lru_cache
from typing import Any

from skiptrace.errors import ConfigError, Problem
from skiptrace.plugins import rules_root


@lru_cache(maxsize=32)
def read_lists(name: str) -> dict[str, Any]:
    """The content of `rules/words/<name>.toml`. Raises ConfigError where it is absent or no TOML."""
    path = rules_root() / "words" / f"{name}.toml"
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigError("a word list cannot be read", (Problem(f"words/{name}.toml", "", str(error), "restore the file"),)) from error


@lru_cache(maxsize=32)
def read_rows(name: str) -> tuple[dict[str, str], ...]:
    """The rows of `rules/words/<name>.csv`, by column name. Raises ConfigError where it is absent or has no rows."""
    path = rules_root() / "words" / f"{name}.csv"
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = tuple(csv.DictReader(file))
    except (OSError, ValueError) as error:
        raise ConfigError("a word table cannot be read", (Problem(f"words/{name}.csv", "", str(error), "restore the file"),)) from error
    if not rows:
        raise ConfigError("a word table is empty", (Problem(f"words/{name}.csv", "", "no rows", "restore the file"),))
    return rows


def word_set(name: str, key: str) -> frozenset[str]:
    """One list of a word file as a set of upper-case words. Raises ConfigError where the key is absent."""
    found = read_lists(name).get(key)
    if not isinstance(found, list):
        raise ConfigError("a word list is missing", (Problem(f"words/{name}.toml", key, "not a list of words", "write [\"…\"]"),))
    return frozenset(str(word).upper() for word in found)


def word_map(name: str, source: str, target: str) -> dict[str, str]:
    """Two columns of a word table as a mapping of upper-case words."""
    return {row[source].upper(): row[target].upper() for row in read_rows(name)}
