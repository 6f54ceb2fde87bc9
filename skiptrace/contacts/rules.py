"""The currency rules (`rules/reachability/currency.toml`) as one typed object."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from skiptrace.errors import ConfigError, Problem
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
    another_origin: float
    confirmed: float


@dataclass(frozen=True)
class AddressRules:
    """Constants of the address filter."""

    leave_per_year: float
    to_elsewhere: float
    undated_years: float
    reliability: Mapping[str, float]
    mailing_kinds: tuple[str, ...]
    mailing_reliability: float
    street_similarity: float

    def of(self, kind: str, mailing_box: bool) -> float:
        """Reliability of a sighting by the kind of its source."""
        if mailing_box and kind in self.mailing_kinds:
            return self.mailing_reliability
        return self.reliability.get(kind, self.reliability["default"])


@dataclass(frozen=True)
class CurrencyRules:
    """All of the currency rules."""

    address: AddressRules
    phone: Ageing
    email: Ageing
    outcome: Mapping[str, float]
    least_age_years: int
    before_account_years: int
    moved: float
    confirmed: float


@cache
def load() -> CurrencyRules:
    """Read the shipped rules. Raises ConfigError naming a missing or unknown key."""
    path = rules_root() / "reachability" / "currency.toml"
    content: dict[str, Any] = tomllib.loads(path.read_text())
    try:
        address, pooling = content["address"], content["address"]["pooling"]
        return CurrencyRules(
            AddressRules(
                address["leave_per_year"], address["to_elsewhere"], address["undated_years"], address["reliability"],
                tuple(address["mailing_box"]["kinds"]), address["mailing_box"]["reliability"],
                pooling["street_similarity"],
            ),
            _ageing(content["phone"]), _ageing(content["email"]), content["outcome"],
            content["death"]["least_age_years"], content["death"]["before_account_years"],
            content["locate"]["moved"], content["locate"]["confirmed"],
        )  # fmt: skip
    except (KeyError, TypeError) as error:
        raise ConfigError(
            "the currency rules cannot be used", (Problem(path.name, str(error), "missing or unknown"),)
        ) from None


def _ageing(part: dict[str, Any]) -> Ageing:
    frozen: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in part.items()}
    return Ageing(**frozen)
