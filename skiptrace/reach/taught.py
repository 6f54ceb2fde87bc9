"""Learned scorecards as a file: several channels in one JSON object, checked against the scorecards they were learned on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from skiptrace.errors import ConfigError, Problem
from skiptrace.reach.learned import Learned, from_plain
from skiptrace.reach.scorecards import Scorecard

FORMAT = 1
_ANEW = "learn anew: `skiptrace model train-reach`, or use the shipped ones: `skiptrace model train-reach --shipped`"


def taught(cards: tuple[Scorecard, ...], content: Mapping[str, Any], file: str) -> tuple[Scorecard, ...]:
    """The cards, each with what `content` says that it learned.

    Raises ConfigError with all problems at once: a channel or feature that does not exist, another number of bands, a
    scorecard that was changed since, a file of another format."""
    problems: list[Problem] = []
    if content.get("format") != FORMAT or not isinstance(content.get("channels"), Mapping):
        problems.append(Problem(file, "format", "is of another version of the program", _ANEW))
        raise ConfigError("the learned scorecards cannot be used", tuple(problems))
    known = {card.channel: card for card in cards}
    found: dict[str, Learned] = {}
    for channel, plain in sorted(content["channels"].items()):
        if channel not in known:
            problems.append(Problem(file, channel, "is not a channel with a scorecard", f"one of {', '.join(sorted(known))}"))
            continue
        try:
            found[channel] = from_plain(plain)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            problems.append(Problem(file, channel, f"is damaged: {type(error).__name__}", _ANEW))
            continue
        problems += _misfits(file, known[channel], found[channel])
    if problems:
        raise ConfigError("the learned scorecards cannot be used", tuple(problems))
    return tuple(replace(card, learned=found.get(card.channel, card.learned)) for card in cards)


def _misfits(file: str, card: Scorecard, learned: Learned) -> Iterator[Problem]:
    bands = {name: len(bands) for name, bands in card.features}
    for name, values in learned.points:
        if name not in bands:
            yield Problem(file, f"{card.channel}, feature {name}", "is not a feature of the scorecard", _ANEW)
        elif bands[name] != len(values):
            yield Problem(file, f"{card.channel}, feature {name}", f"has {len(values)} bands, the scorecard {bands[name]}", _ANEW)
    for name in sorted(set(bands) - {name for name, _ in learned.points}):
        yield Problem(file, f"{card.channel}, feature {name}", "is missing", _ANEW)
    if {name for name, _ in learned.points} == set(bands) and [name for name, _ in learned.points] != list(bands):
        yield Problem(file, card.channel, "has its features in another order than the scorecard", _ANEW)
    if learned.shipped != card.key:
        yield Problem(file, card.channel, f"was learned on another {card.channel}.toml than the program has", _ANEW)
