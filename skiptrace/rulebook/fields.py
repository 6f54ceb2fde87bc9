"""Reading typed values from a TOML table, with a Problem for each that is missing, unknown or of the wrong type."""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Collection, Mapping
from typing import Any, TypeVar

from skiptrace.errors import Problem

Value = TypeVar("Value")
_NAMES = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "true or false",
    dt.date: "date",
    dt.time: "time of day",
    dt.datetime: "moment",
    list: "list",
    dict: "table",
}


def suggestion(word: str, known: Collection[str]) -> str:
    """'did you mean …?' for a word that is close to a known one, else the choices where they are few."""
    close = difflib.get_close_matches(word, sorted(known), 1, 0.6)
    if close:
        return f"did you mean {close[0]}?"
    return f"one of {', '.join(sorted(known))}" if len(known) <= 12 else ""


def is_a(value: object, kind: type) -> bool:
    """isinstance, except that true is no number and a date-time no date; a whole number is a number."""
    if kind is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if kind is int:
        return isinstance(value, int) and not isinstance(value, bool)
    if kind is dt.date:
        return isinstance(value, dt.date) and not isinstance(value, dt.datetime)
    return isinstance(value, kind)


class Fields:
    """One TOML table of a file, read key by key. `place` is the table's name in messages, empty at the top."""

    def __init__(self, file: str, data: Mapping[str, Any], problems: list[Problem], place: str = "") -> None:
        self.file = file
        self.data = data
        self.problems = problems
        self.place = place
        self.seen: set[str] = set()

    def problem(self, key: str, what: str, mend: str = "") -> None:
        """Note a finding about a key."""
        self.problems.append(
            Problem(self.file, f"{self.place}.{key}" if self.place and key else self.place or key, what, mend)
        )

    def get(self, key: str, kind: type[Value], default: Value, *, required: bool = False, mend: str = "") -> Value:
        """The value of a key, or `default` where it is absent or wrong (then with a Problem)."""
        self.seen.add(key)
        value = self.data.get(key)
        if value is None or value in ("", []):
            if required or value is not None:
                self.problem(key, "is missing" if value is None else "is empty", mend)
            return default
        if not is_a(value, kind):
            self.problem(key, f"is not a {_NAMES[kind]}", mend)
            return default
        return value  # type: ignore[no-any-return]

    def choice(self, key: str, options: Collection[str], default: str, *, required: bool = True) -> str:
        """A text that must be one of `options`."""
        value = self.get(key, str, "", required=required, mend=f"one of {', '.join(sorted(options))}")
        if value and value not in options:
            self.problem(key, f"{value!r} is not known", suggestion(value, options) or "see the other rule files")
        return value if value in options else default

    def words(self, key: str, *, required: bool = False, mend: str = "") -> tuple[str, ...]:
        """A list of texts."""
        values: list[Any] = self.get(key, list, [], required=required, mend=mend)
        if not all(isinstance(value, str) and value.strip() for value in values):
            self.problem(key, "is not a list of texts", mend)
            return ()
        return tuple(values)

    def finish(self) -> None:
        """Note every key that nobody asked for."""
        for key in sorted(set(self.data) - self.seen):
            self.problem(key, "unknown key", suggestion(key, self.seen) or "leave it out")
