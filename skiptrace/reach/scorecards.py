"""Scorecards: one TOML file per channel, read into typed objects and checked against the channel's module."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.errors import ConfigError, Problem
from skiptrace.plugins import modules, require, rules_root


@dataclass(frozen=True)
class Band:
    """One band of a feature: which values fall into it, its points (log-odds), and the sentence a person reads."""

    points: float
    text: str
    is_: str | None = None
    has: str | None = None
    below: float | None = None

    def holds(self, column: pa.ChunkedArray) -> np.ndarray:
        """Which values fall into the band: bool [n]."""
        if self.is_ is not None:
            found = pc.equal(column, self.is_)
        elif self.below is not None:
            found = pc.less(column.cast(pa.float64()), self.below)
        else:
            joined = pc.binary_join_element_wise("", pc.binary_join(column, "|"), "", "|")  # |one|two|
            found = pc.match_substring(joined, f"|{self.has}|")
        holds: np.ndarray = pc.fill_null(found, False).to_numpy(zero_copy_only=False)
        return holds


@dataclass(frozen=True)
class Scorecard:
    """A channel's scorecard. `base` and points are log-odds; `spread` is the standard error at one independent source."""

    channel: str
    version: int
    kind: str
    base: float
    base_text: str
    spread: float
    features: tuple[tuple[str, tuple[Band, ...]], ...]
    module: ModuleType


@cache
def load() -> tuple[Scorecard, ...]:
    """Every channel with its scorecard, sorted by name. Raises ConfigError with all problems at once."""
    problems: list[Problem] = []
    cards = []
    for name, module in modules("skiptrace.reach.channels"):
        require(module, "KIND", "FEATURES", "usable")
        path = rules_root() / "reachability" / f"{name}.toml"
        if not path.is_file():
            problems.append(Problem(f"rules/reachability/{name}.toml", "", "missing", "each channel has a scorecard"))
            continue
        content: dict[str, Any] = tomllib.loads(path.read_text())
        if content["channel"] != name or content["kind"] != module.KIND:
            problems.append(Problem(path.name, "channel, kind", f"must be {name!r} and {module.KIND!r}"))
        for feature in content["feature"]:
            if feature["name"] not in module.FEATURES:
                known = ", ".join(module.FEATURES)
                problems.append(Problem(path.name, f"feature {feature['name']}", "is not a feature of the channel", f"one of {known}"))
        features = tuple((f["name"], tuple(_band(band) for band in f["bands"])) for f in content["feature"])
        cards.append(
            Scorecard(name, content["version"], content["kind"], content["base"], content["base_text"], content["spread"], features, module)
        )
    if problems:
        raise ConfigError("the scorecards cannot be used", tuple(problems))
    return tuple(cards)


def _band(band: dict[str, Any]) -> Band:
    return Band(band["points"], band["text"], band.get("is"), band.get("has"), band.get("below"))


@dataclass(frozen=True)
class OrderRules:
    """How channels are ordered and graded."""

    gentleness: dict[str, float]
    cost: dict[str, float]
    grades: tuple[tuple[str, float], ...]


@cache
def order_rules() -> OrderRules:
    """The shipped order and grades; grades from the highest."""
    content = tomllib.loads((rules_root() / "reachability" / "order.toml").read_text())
    grades = sorted(content["grades"].items(), key=lambda item: -float(item[1]))
    return OrderRules(content["gentleness"], content["cost"], tuple(grades))
