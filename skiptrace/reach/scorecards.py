"""Scorecards: one TOML file per channel, read into typed objects and checked against the channel's module."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.errors import ConfigError, Problem
from skiptrace.ids import digest
from skiptrace.plugins import modules, require, rules_root
from skiptrace.reach.learned import Learned


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
    """A channel's scorecard. `base` and points are log-odds; `spread` is their standard error at one independent
    source. `kinds` are the contact points it is for. A feature in `ordered` (with +1: points rise from band to band, -1: they
    fall) keeps that order when it is learned; one in `quiet` is told only where it has points. `learned` is what outcomes of
    the project's own taught, None for the card as shipped."""

    channel: str
    version: int
    kinds: tuple[str, ...]
    base: float
    base_text: str
    spread: float
    features: tuple[tuple[str, tuple[Band, ...]], ...]
    module: ModuleType
    ordered: tuple[tuple[str, int], ...] = ()
    quiet: tuple[str, ...] = ()
    learned: Learned | None = None

    @property
    def key(self) -> str:
        """Content hash of the shipped part: any change of a figure, a condition or a sentence changes it."""
        bands = [[name, [[b.points, b.text, b.is_, b.has, b.below] for b in bands]] for name, bands in self.features]
        told = [self.channel, self.version, list(self.kinds), self.base, self.base_text, self.spread]
        return digest(told, bands, [list(pair) for pair in self.ordered], list(self.quiet))


_ORDERS = {"rising": 1, "falling": -1}


@cache
def load() -> tuple[Scorecard, ...]:
    """Every channel with its scorecard, sorted by name. Raises ConfigError with all problems at once."""
    problems: list[Problem] = []
    cards = []
    for name, module in modules("skiptrace.reach.channels"):
        require(module, "KINDS", "FEATURES", "usable")
        path = rules_root() / "reachability" / f"{name}.toml"
        if not path.is_file():
            problems.append(Problem(f"rules/reachability/{name}.toml", "", "missing", "each channel has a scorecard"))
            continue
        try:
            card = _card(name, module, tomllib.loads(path.read_text()))
        except KeyError as error:
            problems.append(Problem(path.name, str(error.args[0]), "is missing", "see the other scorecards"))
            continue
        except tomllib.TOMLDecodeError as error:
            problems.append(Problem(path.name, "", f"is not TOML: {error}", "correct the file"))
            continue
        problems += _problems(path.name, name, card)
        cards.append(card)
    if problems:
        raise ConfigError("the scorecards cannot be used", tuple(problems))
    return tuple(cards)


def _card(name: str, module: ModuleType, content: dict[str, Any]) -> Scorecard:
    features = tuple((part["name"], tuple(map(_band, part["bands"]))) for part in content["feature"])
    ordered = tuple((part["name"], _ORDERS.get(part["order"], 0)) for part in content["feature"] if "order" in part)
    return Scorecard(
        content["channel"], content["version"], tuple(content["kinds"]), content["base"], content["base_text"],
        content["spread"], features, module, ordered, tuple(part["name"] for part in content["feature"] if part.get("quiet")),
    )  # fmt: skip


def _band(band: dict[str, Any]) -> Band:
    return Band(band["points"], band["text"], band.get("is"), band.get("has"), band.get("below"))


def _problems(file: str, name: str, card: Scorecard) -> Iterator[Problem]:
    if card.channel != name or card.kinds != card.module.KINDS:
        yield Problem(file, "channel, kinds", f"must be {name!r} and {list(card.module.KINDS)!r}", "write it so")
    for feature, direction in card.ordered:
        if not direction:
            yield Problem(file, f"feature {feature}", "has an order that is none", f"one of {', '.join(_ORDERS)}")
    for feature, bands in card.features:
        if feature not in card.module.FEATURES:
            known = ", ".join(card.module.FEATURES)
            yield Problem(file, f"feature {feature}", "is not a feature of the channel", f"one of {known}")
        for band in bands:
            if sum(condition is not None for condition in (band.is_, band.has, band.below)) != 1:
                yield Problem(file, f"feature {feature}", "a band needs one condition", 'one of "is", "has", "below"')


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
