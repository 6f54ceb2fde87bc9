"""How outcomes are read and how far scorecards may move: `rules/reachability/learning.toml`, read into typed objects."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from skiptrace.errors import ConfigError, Problem
from skiptrace.normalize.words import read_lists
from skiptrace.plugins import rules_root
from skiptrace.vocabulary import CHANNELS

FILE = "learning.toml"


@dataclass(frozen=True)
class Labels:
    """Which outcomes of a channel reached the consumer, and which missed; `presumed` reached after so many days. Events of one
    attempt are at most `within_days` apart; 0: each event is an attempt."""

    reached: tuple[str, ...]
    missed: tuple[str, ...]
    presumed: str | None
    after_days: int
    within_days: int


@dataclass(frozen=True)
class Prior:
    """Standard deviations, in log-odds, of what a refit adds to the shipped scorecard; `bound` on a band's points; `lack`, by
    channel, of what no feature tells apart."""

    intercept: float
    slope: float
    current: float
    band: float
    step: float
    bound: float
    lack: Mapping[str, float]
    calibration_outcomes: float


@dataclass(frozen=True)
class Teaching:
    """The whole file. `stages`: the place of an outcome in an attempt; outcomes that are not listed have stage 0."""

    stages: dict[str, int]
    channels: dict[str, Labels]
    prior: Prior
    outcomes: int
    of_each: int


@cache
def load() -> Teaching:
    """The shipped rules of learning. Raises ConfigError with all problems at once."""
    path = rules_root() / "reachability" / FILE
    try:
        content = tomllib.loads(path.read_text())
        found = _read(content)
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise ConfigError("the rules of learning cannot be read", (Problem(FILE, "", str(error), "restore the file"),)) from None
    except (KeyError, TypeError) as error:
        problem = Problem(FILE, str(error.args[0]), "is missing or of another type", "write it as the shipped file has it")
        raise ConfigError("the rules of learning cannot be used", (problem,)) from None
    if problems := tuple(_problems(found)):
        raise ConfigError("the rules of learning cannot be used", problems)
    return found


def _read(content: dict[str, Any]) -> Teaching:
    channels = {
        name: Labels(
            tuple(part["reached"]), tuple(part["missed"]),
            part.get("presumed", {}).get("outcome"), part.get("presumed", {}).get("after_days", 0),
            part.get("within_days", 0),
        )
        for name, part in content["channel"].items()
    }  # fmt: skip
    stages = {outcome: place for place, names in enumerate(content["stages"]) for outcome in names}
    return Teaching(stages, channels, Prior(**content["prior"]), content["needed"]["outcomes"], content["needed"]["of_each"])


def _problems(found: Teaching) -> Iterator[Problem]:
    known = set(read_lists("dispositions"))
    for name, labels in found.channels.items():
        if name not in CHANNELS:
            yield Problem(FILE, f"channel.{name}", "is no channel", f"one of {', '.join(CHANNELS)}")
        for outcome in sorted({*labels.reached, *labels.missed, *([labels.presumed] if labels.presumed else [])} - known):
            yield Problem(FILE, f"channel.{name}", f"{outcome} is no outcome", "see words/dispositions.toml")
        for outcome in sorted(set(labels.reached) & set(labels.missed)):
            yield Problem(FILE, f"channel.{name}", f"{outcome} is both reached and missed", "decide which")
    for outcome in sorted(set(found.stages) - known):
        yield Problem(FILE, "stages", f"{outcome} is no outcome", "see words/dispositions.toml")
    for name in sorted(set(CHANNELS) ^ set(found.prior.lack)):
        yield Problem(FILE, "prior.lack", f"{name} is missing or no channel", f"one figure for each of {', '.join(CHANNELS)}")
    if min(found.prior.slope, found.prior.intercept, found.prior.current, found.prior.band, found.prior.bound) <= 0:
        yield Problem(FILE, "prior", "a standard deviation or bound is not above 0", "write a number above 0")
