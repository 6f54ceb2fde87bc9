"""How chances held up: of each channel what was stated before attempts and what came of them, by band of the chance.

The ledger tells it of the scorecards that a run used, where they were learned from outcomes: judged on people and days that were not
learned from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from skiptrace.vocabulary import CHANNELS


@dataclass(frozen=True)
class Band:
    """Attempts whose stated chance lies in one tenth: its words, how many there were, the mean chance, and how many reached the person."""

    name: str
    attempts: int
    stated: Decimal
    reached: int


@dataclass(frozen=True)
class Calibrated:
    """A channel: its bands that have an attempt, and the expected calibration error with its 90 % interval, where it could be taken."""

    channel: str
    bands: tuple[Band, ...]
    error: Decimal | None
    low: Decimal | None
    high: Decimal | None

    @property
    def attempts(self) -> int:
        """All attempts."""
        return sum(band.attempts for band in self.bands)

    @property
    def reached(self) -> int:
        """Attempts that reached the person."""
        return sum(band.reached for band in self.bands)

    @property
    def stated(self) -> Decimal:
        """How many were expected to."""
        return sum((band.stated * band.attempts for band in self.bands), Decimal(0))


def figures(told: Mapping[str, Any]) -> tuple[Calibrated, ...]:
    """`told`: {channel: {bands: [{attempts, stated, reached}], ece: {value, low, high}}}; bands are tenths, the lowest first."""
    found = []
    for channel in (name for name in CHANNELS if name in told):
        plain = told[channel]
        bands = tuple(
            Band(f"{place * 10} to {place * 10 + 10}%", int(band["attempts"]), Decimal(str(band["stated"])), int(band["reached"]))
            for place, band in enumerate(plain["bands"]) if band["attempts"]
        )  # fmt: skip
        if bands:
            found.append(Calibrated(channel, bands, *(_part(plain["ece"][name]) for name in ("value", "low", "high"))))
    return tuple(found)


def _part(number: float | None) -> Decimal | None:
    return None if number is None else Decimal(str(number)).quantize(Decimal("0.0001"))
