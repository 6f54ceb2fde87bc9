"""What would change the answer about a use: levers are tried on its facts, and the contact rules of the run are asked again.

Nothing is concluded from the text of a rule. A way is told only where every rule that decides on that day, asked on the changed facts,
leaves the use open; and the days that it names are all days on which that is so.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa

from jobs.explain.levers import KINDS, WAIT, Lever, levers, worded
from jobs.explain.model import Way
from skiptrace.compliance.carried import carriers
from skiptrace.rulebook.engine import UNKNOWN, ask, asked_rules
from skiptrace.rulebook.model import COVERAGE_ID, Rule, Rulebook
from skiptrace.schema.facts import FACTS

WAYS: Final = 3
"""Ways that are told of a use."""
FARTHEST: Final = 120
"""Days before and after the run that are tried."""
_WAITS: Final = (*range(1, 32), 45, 60, 90, FARTHEST)
_SETS: Final = 24
"""Sets of levers that are tried for a use."""
_MOST: Final = 9
"""Levers of a set."""
Step = tuple[Lever, int]
"""A lever, and for how many days it has been there, or how long is waited."""
Key = tuple[str, str]
"""point_id and channel."""


@dataclass(frozen=True)
class Outlook:
    """What would open a stopped use (`ways`, the easiest first); rules that nothing tried lifts (`stuck`); of an open one, the first day
    on which time alone stops it, with the rules that do (`ends`, `ended_by`)."""

    ways: tuple[Way, ...] = ()
    stuck: tuple[str, ...] = ()
    ends: dt.date | None = None
    ended_by: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Said:
    """Rules that stop a use, and those that add a duty."""

    stops: frozenset[str]
    duties: frozenset[str]


def outlooks(sheet: pa.Table, rulebook: Rulebook, wanted: Iterable[Key] | None = None) -> dict[Key, Outlook]:
    """The outlook of each use of one account, or of the `wanted` ones. `sheet`: its rows of SITUATIONS, all of them."""
    uses = _Uses(sheet, rulebook)
    chosen = [number for number, key in enumerate(uses.keys) if wanted is None or key in set(wanted)]
    base = dict(zip(chosen, uses.said([(number, ()) for number in chosen]), strict=True))
    stopped = [number for number in chosen if base[number].stops]
    found = _opened(uses, stopped, base, levers(rulebook))
    found |= _closing(uses, [number for number in chosen if not base[number].stops])
    return {uses.keys[number]: found[number] for number in chosen}


class _Uses:
    """The uses of an account, and what the rules say of them where levers are pulled."""

    def __init__(self, sheet: pa.Table, rulebook: Rulebook) -> None:
        self.rulebook = rulebook
        self.rows: list[dict[str, Any]] = sheet.to_pylist()
        self.keys: list[Key] = [(row["point_id"], row["channel"]) for row in self.rows]
        self.carrier = dict(zip(*(one.tolist() for one in carriers(sheet, rulebook)), strict=True))
        self._rules: dict[dt.date, tuple[Rule, ...]] = {}
        self._until: dict[dt.date, dt.date] = {}

    def parts(self, number: int) -> list[dict[str, Any]]:
        """The use's own row, and that of the use that carries it."""
        carrier = self.carrier.get(number, -1)
        return [self.rows[number], *([self.rows[carrier]] if carrier >= 0 else [])]

    def said(self, asked: Sequence[tuple[int, Sequence[Step]]]) -> list[_Said]:
        """What the rules say of uses, each with some levers pulled, in the order of `asked`."""
        rows, owner = list[dict[str, Any]](), list[int]()
        for place, (number, steps) in enumerate(asked):
            for row in self.parts(number):
                for lever, ago in sorted(steps, key=lambda one: one[0].kind == "wait"):
                    row = lever.applied(row, ago)
                rows.append(row)
                owner.append(place)
        stops: list[set[str]] = [set() for _ in asked]
        duties: list[set[str]] = [set() for _ in asked]
        for rules, places in self._by_rules(rows).values():
            answers = ask(_table([rows[place] for place in places], rules), rules)
            for place, told in zip(places, answers.tolist(), strict=True):
                for rule, answer in zip(rules, told, strict=True):
                    effect = rule.effect_of(None if answer == UNKNOWN else bool(answer))
                    if effect != "none":
                        (duties if effect == "condition" else stops)[owner[place]].add(rule.id)
        for place, (number, _) in enumerate(asked):
            if self.carrier.get(number, 0) < 0:
                stops[place].add(COVERAGE_ID)
        return [_Said(frozenset(one), frozenset(other)) for one, other in zip(stops, duties, strict=True)]

    def _by_rules(self, rows: Sequence[Mapping[str, Any]]) -> dict[tuple[str, ...], tuple[tuple[Rule, ...], list[int]]]:
        """Rows by the rules that decide on their day."""
        out: dict[tuple[str, ...], tuple[tuple[Rule, ...], list[int]]] = {}
        for place, row in enumerate(rows):
            rules = self._in_force(row["as_of"])
            out.setdefault(tuple(rule.id for rule in rules), (rules, []))[1].append(place)
        return out


    def _in_force(self, day: dt.date) -> tuple[Rule, ...]:
        """The rules that decide on a day. They are the same until the next day on which one comes or ends."""
        if day not in self._rules:
            until = self.rulebook.next_change(day) or dt.date.max
            rules = next((known for at, known in self._rules.items() if at < day and self._until[at] > day), None)
            self._rules[day] = asked_rules(self.rulebook, day) if rules is None else rules
            self._until[day] = until
        return self._rules[day]


def _table(rows: Sequence[Mapping[str, Any]], rules: Sequence[Rule]) -> pa.Table:
    names = sorted({"channel", "jurisdictions"}.union(*(rule.condition.facts for rule in rules)))
    return pa.table({name: pa.array([row.get(name) for row in rows], FACTS[name].type) for name in names})


def _opened(uses: _Uses, stopped: Sequence[int], base: Mapping[int, _Said], known: Sequence[Lever]) -> dict[int, Outlook]:
    """Ways to open stopped uses: levers alone, then sets of them, then the days on which each of a set would do."""
    tried = [(number, ((lever, ago),)) for number in stopped for lever in known if any(map(lever.fits, uses.parts(number)))
             for ago in (_WAITS if lever.kind == "wait" else (lever.ago,))]  # fmt: skip
    lifts: dict[int, dict[Step, frozenset[str]]] = {number: {} for number in stopped}
    for (number, (step,)), said in zip(tried, uses.said(tried), strict=True):
        if lifted := base[number].stops - said.stops:
            lifts[number][step] = lifted
    sets = [(number, chosen) for number in stopped for chosen in _covering(base[number].stops, lifts[number])]
    good: dict[int, list[tuple[tuple[Step, ...], bool]]] = {number: [] for number in stopped}
    for (number, chosen), said in zip(sets, uses.said(sets), strict=True):
        smaller = any(set(other) < set(chosen) for other, _ in good[number])
        if not said.stops and not smaller and len(good[number]) < WAYS:
            good[number].append((chosen, bool(said.duties)))
    days = _days(uses, [(number, chosen) for number in stopped for chosen, _ in good[number]])
    out = {}
    for number in stopped:
        liftable = frozenset().union(*lifts[number].values())
        ways = tuple(_way(uses.rows[number], chosen, duties, days[number, chosen]) for chosen, duties in good[number])
        out[number] = Outlook(ways, tuple(sorted(base[number].stops - liftable)))
    return out


def _covering(needed: frozenset[str], lifts: Mapping[Step, frozenset[str]]) -> list[tuple[Step, ...]]:
    """Sets of levers that together lift all that is needed, those first that are easiest: few, and of the first kinds."""
    found: dict[frozenset[Step], tuple[Step, ...]] = {}

    def grow(left: frozenset[str], chosen: tuple[Step, ...]) -> None:
        if len(found) >= _SETS:
            return
        if not left:
            found.setdefault(frozenset(chosen), tuple(sorted(chosen, key=lambda one: (_rank(one[0]), one[0].name))))
            return
        by_rule = {rule: [step for step, lifted in lifts.items() if rule in lifted] for rule in left}
        hardest = min(sorted(left), key=lambda rule: len(by_rule[rule]))
        waits = any(lever.kind == "wait" for lever, _ in chosen)
        for step in sorted(by_rule[hardest], key=lambda one: (-len(lifts[one] & left), _rank(one[0]), one[1])):
            if len(chosen) < _MOST and not (waits and step[0].kind == "wait"):
                grow(left - lifts[step], (*chosen, step))

    grow(needed, ())
    return sorted(found.values(), key=lambda one: (sum(2 ** _rank(lever) for lever, _ in one), len(one), [lever.name for lever, _ in one]))


def _rank(lever: Lever) -> int:
    return KINDS.index(lever.kind)


def _days(uses: _Uses, ways: Sequence[tuple[int, tuple[Step, ...]]]) -> dict[tuple[int, tuple[Step, ...]], dict[str, list[int]]]:
    """For each lever of each way whose day matters the days that will do, the others of the way left as they were tried: those around
    the day that was tried, without a gap."""
    asked, meant = list[tuple[int, Sequence[Step]]](), list[tuple[int, tuple[Step, ...], Lever, int]]()
    for number, chosen in ways:
        for lever, _ in (one for one in chosen if one[0].dated):
            for ago in range(FARTHEST + 1):
                asked.append((number, [(lever, ago) if one[0] is lever else one for one in chosen]))
                meant.append((number, chosen, lever, ago))
    open_at: dict[tuple[int, tuple[Step, ...], str], set[int]] = {}
    for (number, chosen, lever, ago), said in zip(meant, uses.said(asked), strict=True):
        if not said.stops:
            open_at.setdefault((number, chosen, lever.name), set()).add(ago)
    out: dict[tuple[int, tuple[Step, ...]], dict[str, list[int]]] = {way: {} for way in ways}
    for number, chosen in ways:
        for lever, ago in (one for one in chosen if one[0].dated):
            there = open_at[number, chosen, lever.name]
            first, last = ago, ago
            while first - 1 in there:
                first -= 1
            while last + 1 in there:
                last += 1
            out[number, chosen][lever.name] = list(range(first, last + 1))
    return out


def _way(row: Mapping[str, Any], chosen: Sequence[Step], duties: bool, days: Mapping[str, Sequence[int]]) -> Way:
    told = [worded(lever, row, days.get(lever.name, ()), FARTHEST) for lever, _ in chosen if lever.kind != "wait"]
    waited = next((min(days[lever.name]) for lever, _ in chosen if lever.kind == "wait"), None)
    since = None if waited is None else row["as_of"] + dt.timedelta(days=waited)
    how = " under duties" if duties else ""
    parts = "; ".join(told)
    if since is not None:
        lead = f"{parts}; and from {since} on" if told else f"from {since} on"
        text = f"{lead}, if nobody makes contact until then and nothing else changes, {row['channel']} would be permitted{how}."
    else:
        joint = ": together they" if len(told) > 1 else "," if ", " in parts else ""
        text = f"{parts}{joint} would permit {row['channel']}{how}."
    kinds = tuple(dict.fromkeys(lever.kind for lever, _ in chosen))
    return Way(text[:1].upper() + text[1:], tuple(told), since, kinds, "conditional" if duties else "permitted")


def _closing(uses: _Uses, open_uses: Sequence[int]) -> dict[int, Outlook]:
    """On which day time alone would stop an open use, and by which rules."""
    asked = [(number, ((WAIT, days),)) for number in open_uses for days in range(1, FARTHEST + 1)]
    out: dict[int, Outlook] = {}
    for (number, ((_, days),)), said in zip(asked, uses.said(asked), strict=True):
        if said.stops and number not in out:
            out[number] = Outlook(ends=uses.rows[number]["as_of"] + dt.timedelta(days=days), ended_by=tuple(sorted(said.stops)))
    return {number: out.get(number, Outlook()) for number in open_uses}
