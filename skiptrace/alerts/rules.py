"""The rules of alerts (`rules/alerts/kinds.toml`) as typed objects, with what a project changes of their limits."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from skiptrace.errors import ConfigError, Problem
from skiptrace.plugins import rules_root
from skiptrace.rulebook.model import Rulebook
from skiptrace.vocabulary import ALERT_KINDS


@dataclass(frozen=True)
class Limits:
    """From where on a change is news. Probabilities and shares from 0 to 1; `recent_days` and `settled_nights` in days; money in the
    balance's currency."""

    reach_step: float
    likely_address: float
    recent_days: int
    sure_link: float
    likely_point: float
    least_change: float
    unknown_balance: float
    settled_nights: int
    storm_share: float
    storm_from: int
    street_alike: float


@dataclass(frozen=True)
class Kind:
    """A kind of alert: its sentence, its gravity, its topic, the facts of an account or a point that bring it about, and the kinds
    that are not told beside it."""

    sentence: str
    gravity: float
    topic: str
    facts: tuple[str, ...] = ()
    point_facts: tuple[str, ...] = ()
    covers: tuple[str, ...] = ()


@dataclass(frozen=True)
class AlertRules:
    """All of the rules. `passing`: facts that change with the calendar alone."""

    limits: Limits
    passing: frozenset[str]
    kinds: Mapping[str, Kind]

    def with_limits(self, changed: Mapping[str, Any]) -> AlertRules:
        """The same rules with some limits of a project."""
        return replace(self, limits=replace(self.limits, **changed))


@cache
def load() -> AlertRules:
    """Read the shipped rules. Raises ConfigError naming a missing or unknown key."""
    path = rules_root() / "alerts" / "kinds.toml"
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    try:
        kinds = {name: _kind(part) for name, part in content["kinds"].items()}
        found = AlertRules(Limits(**content["limits"]), frozenset(content["passing"]), kinds)
    except (KeyError, TypeError) as error:
        raise _wrong(str(error), "missing or unknown") from None
    if set(kinds) != set(ALERT_KINDS):
        raise _wrong("kinds", f"must be {', '.join(ALERT_KINDS)}")
    for name, kind in kinds.items():
        if not set(kind.covers) <= set(kinds) - {name}:
            raise _wrong(f"kinds.{name}.covers", "names no other kind")
    return found


def _kind(part: Mapping[str, object]) -> Kind:
    given: dict[str, object] = {key: tuple(value) if isinstance(value, list) else value for key, value in part.items()}
    return Kind(**given)  # type: ignore[arg-type]  # a wrong key is a TypeError, told above


def passing_rules(book: Rulebook, rules: AlertRules) -> frozenset[str]:
    """Ids of the contact rules that ask for a fact that passes by itself."""
    return frozenset(rule.id for rule in book.rules if rule.condition.facts & rules.passing)


def holding_rules(book: Rulebook, rules: AlertRules) -> dict[str, str]:
    """Kind of alert by contact rule, of the rules that hold an account for a fact of that kind: what an account without a contact
    point, and so without a row in the fact sheet, shows of its facts."""
    return {
        rule.id: name
        for rule in book.rules if rule.holds_account
        for name, kind in rules.kinds.items() if rule.condition.facts & set(kind.facts)
    }  # fmt: skip


def _wrong(where: str, what: str) -> ConfigError:
    return ConfigError("the rules of alerts cannot be used", (Problem("kinds.toml", where, what, "write it as the shipped file has it"),))
