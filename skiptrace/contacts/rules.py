"""The currency rules (`rules/reachability/currency.toml`) as one typed object."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from skiptrace.errors import ConfigError, Problem
from skiptrace.kernels.residence import LEFT, MOVED_TO
from skiptrace.plugins import rules_root


@dataclass(frozen=True)
class Ageing:
    """How a phone's or e-mail's chance of being current depends on age and on what else is known (log-odds)."""

    age_years: tuple[float, ...]
    share: tuple[float, ...]
    undated: float
    newer_known: float
    slip_of_another: float
    area_of_newest: float
    area_of_older: float
    another_origin: float
    confirmed: float
    unsure_too: float


@dataclass(frozen=True)
class AddressRules:
    """Constants of the address filter, and what a spelling keeps of its place's probability."""

    leave_per_year: float
    to_elsewhere: float
    missed: float
    settled: float
    settled_years: float
    undated_years: float
    undated_alone_years: float
    reliability: Mapping[str, float]
    mailing_kinds: tuple[str, ...]
    mailing_reliability: float
    of_ncoa: float
    ncoa: Mapping[str, int]
    street_similarity: float
    legible: float
    legible_from: float
    misspelled: float
    barely_alike: float
    other_number: float

    def of(self, kind: str, mailing_box: bool) -> float:
        """Reliability of a sighting by the kind of its source."""
        if mailing_box and kind in self.mailing_kinds:
            return self.mailing_reliability
        return self.reliability.get(kind, self.reliability["default"])


@dataclass(frozen=True)
class Proof:
    """What an outcome says of a point: log-odds, the status it proves (None: a hint), and whether for everybody."""

    odds: float
    proves: str | None = None
    everyone: bool = False


@dataclass(frozen=True)
class SharingRules:
    """Log-odds by how many unrelated consumers show a point, per kind: (bounds, odds at or above each)."""

    household: int
    odds: Mapping[str, tuple[tuple[int, ...], tuple[float, ...]]]


@dataclass(frozen=True)
class CurrencyRules:
    """All of the currency rules."""

    address: AddressRules
    phone: Ageing
    email: Ageing
    outcome: Mapping[str, Proof]
    fades_in_years: float
    status: Mapping[str, float]
    sharing: SharingRules
    least_age_years: int
    before_account_years: int
    moved: float
    confirmed: float
    confirmed_within_years: float
    unsure_from: float
    refresh_days: int

    def recency_day(self, as_of: dt.date) -> dt.date:
        """The day to which ages count on `as_of`: itself, or one of the days before it, the same for a whole span of `refresh_days`."""
        return as_of - dt.timedelta(days=as_of.toordinal() % self.refresh_days)


@cache
def load() -> CurrencyRules:
    """Read the shipped rules. Raises ConfigError naming a missing or unknown key."""
    path = rules_root() / "reachability" / "currency.toml"
    content: dict[str, Any] = tomllib.loads(path.read_text())
    try:
        outcome = dict(content["outcome"])
        fades = outcome.pop("fades_in_years")
        return CurrencyRules(
            _address(content["address"]), _ageing(content["phone"]), _ageing(content["email"]),
            {name: Proof(**part) for name, part in outcome.items()}, fades, content["status"], _sharing(content["sharing"]),
            content["death"]["least_age_years"], content["death"]["before_account_years"],
            **content["locate"], **content["unsure"], **content["recency"],
        )  # fmt: skip
    except (KeyError, TypeError) as error:
        problem = Problem(path.name, str(error), "missing or unknown", "write it as the shipped file has it")
        raise ConfigError("the currency rules cannot be used", (problem,)) from None


def _address(part: dict[str, Any]) -> AddressRules:
    ncoa = {code: word for name, word in (("moved_to", MOVED_TO), ("left", LEFT)) for code in part["ncoa"][name]}
    plain = {name: value for name, value in part.items() if not isinstance(value, dict)}
    box = part["mailing_box"]
    return AddressRules(
        **plain, **part["pooling"], **part["spelling"], reliability=part["reliability"], mailing_kinds=tuple(box["kinds"]),
        mailing_reliability=box["reliability"], of_ncoa=part["ncoa"]["reliability"], ncoa=ncoa,
    )  # fmt: skip


def _sharing(part: dict[str, Any]) -> SharingRules:
    odds = {
        kind: (tuple(part[kind]["at_least"]), tuple(part[kind]["odds"])) for kind in ("phone", "email", "address")
    }  # fmt: skip
    return SharingRules(part["household"], odds)


def _ageing(part: dict[str, Any]) -> Ageing:
    frozen: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in part.items()}
    return Ageing(**frozen)
