from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from skiptrace.errors import ConfigError
from skiptrace.reach.learned import LEAD, Learned
from skiptrace.reach.scorecards import Scorecard, load
from skiptrace.reach.taught import FORMAT, taught

CARDS = load()
VOICE = next(card for card in CARDS if card.channel == "voice")


def learned(card: Scorecard) -> Learned:
    """A refit that changes nothing."""
    points = tuple((name, (0.0,) * len(bands)) for name, bands in card.features)
    size = LEAD + sum(len(values) for _, values in points)
    return Learned(card.key, 0.0, 1.0, 0.0, points, (), tuple(map(tuple, np.zeros((size, size)).tolist())), 0.0, 500, 0)


def content(**voice: Any) -> dict[str, Any]:
    return {"format": FORMAT, "channels": {"voice": {**learned(VOICE).plain(), **voice}}}


def test_only_the_channels_that_learned_change() -> None:
    found = taught(CARDS, content(), "reach.json")
    assert {card.channel: card.learned is not None for card in found} == {card.channel: card.channel == "voice" for card in CARDS}
    assert [replace(card, learned=None) for card in found] == list(CARDS)


def without(name: str) -> dict[str, Any]:
    plain = learned(VOICE).plain()
    gone = len(dict(plain["points"])[name])
    plain["points"] = [pair for pair in plain["points"] if pair[0] != name]
    size = len(plain["covariance"]) - gone
    return {**plain, "covariance": np.zeros((size, size)).tolist()}


def test_every_misfit_is_named() -> None:
    plain = learned(VOICE).plain()
    renamed = [["star_sign" if name == "origin" else name, values] for name, values in plain["points"]]
    with pytest.raises(ConfigError) as refused:
        taught(CARDS, {"format": FORMAT, "channels": {"voice": {**plain, "points": renamed}, "pigeon": plain}}, "reach.json")
    told = str(refused.value)
    assert "feature star_sign: is not a feature of the scorecard" in told
    assert "feature origin: is missing" in told
    assert "pigeon: is not a channel" in told
    assert "skiptrace model train-reach" in told


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        ({"format": 99, "channels": {}}, "another version"), ({"format": FORMAT, "channels": []}, "another version"),
        (content(shipped="old"), "learned on another voice.toml"), (content(points=None), "is damaged"),
        ({"format": FORMAT, "channels": {"voice": without("origin")}}, "feature origin: is missing"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(broken: dict[str, Any], told: str) -> None:
    with pytest.raises(ConfigError, match="cannot be used") as refused:
        taught(CARDS, broken, "reach.json")
    assert told in str(refused.value)


def test_features_in_another_order_are_refused() -> None:
    plain = learned(VOICE).plain()
    with pytest.raises(ConfigError, match="in another order"):
        taught(CARDS, content(points=plain["points"][::-1]), "reach.json")


def test_another_number_of_bands_is_refused() -> None:
    fewer = replace(VOICE, features=tuple((name, bands[:-1] if name == "rank" else bands) for name, bands in VOICE.features))
    with pytest.raises(ConfigError, match="feature rank: has 3 bands, the scorecard 2"):
        taught((fewer,), content(), "reach.json")
