"""How a bench prints: a table for a person, and as the last line one JSON object for a program."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from typing import Any

import psutil


@dataclass(frozen=True)
class Figure:
    """One figure: value (None: could not be taken, with the reason), unit, and the least that is asked of it."""

    name: str
    value: Any
    unit: str
    target: Any = None
    reason: str | None = None
    at_most: bool = False

    @property
    def holds(self) -> bool | None:
        """Whether the target is met; None without a target or a value."""
        if self.target is None or self.value is None:
            return None
        return bool(self.value <= self.target if self.at_most else self.value >= self.target)

    def plain(self) -> dict[str, Any]:
        """As a JSON object."""
        out: dict[str, Any] = {"value": self.value, "unit": self.unit}
        if self.target is not None:
            out |= {"target": self.target, "holds": self.holds}
        return out | ({"reason": self.reason} if self.reason else {})


def print_bench(name: str, figures: list[Figure]) -> None:
    """Print the table and the JSON line."""
    width = max((len(figure.name) for figure in figures), default=0)
    for figure in figures:
        value = "-" if figure.value is None else figure.value
        sign = "<=" if figure.at_most else ">="
        asked = (
            "" if figure.target is None else f"  {sign} {figure.target}  {'holds' if figure.holds else 'DOES NOT HOLD'}"
        )
        print(
            f"{figure.name:<{width}}  {value!s:>10} {figure.unit}{asked}{f'  ({figure.reason})' if figure.reason else ''}"
        )
    machine = {"cores": os.cpu_count(), "memory": psutil.virtual_memory().total}
    content = {"bench": name, "commit": commit(), "machine": machine, "figures": {f.name: f.plain() for f in figures}}
    print(json.dumps(content, sort_keys=True))


def commit() -> str | None:
    """The commit that is measured; None outside a checkout."""
    done = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=False)
    return done.stdout.strip() or None
