"""Asking rules: each rule is evaluated once over a whole fact sheet, in one query, with a three-valued answer.

Scope is part of the answer: on which channels and in which jurisdiction a rule holds is ANDed to its condition with the
same three-valued logic, so that an unknown state of residence counts as unknown, not as "elsewhere". The cases of rule
files are asked through the same function as the fact sheet of a run.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Final, cast

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from skiptrace.rulebook.condition import parse
from skiptrace.rulebook.model import COVERAGE_ID, COVERAGE_SENTENCE, Case, Requirement, Rule, Rulebook
from skiptrace.schema.facts import FACTS
from skiptrace.sql import query as run_query
from skiptrace.sql import quote
from skiptrace.vocabulary import CHANNELS

FALSE: Final = 0
TRUE: Final = 1
UNKNOWN: Final = -1
Answers = npt.NDArray[np.int8]


def question(rule: Rule) -> str:
    """The SQL of a rule: scope AND condition. An engine error in a row (an overflow of a date) counts as not known."""
    parts = []
    if not rule.all_channels:
        parts.append(f"""("channel" IN ({", ".join(f"'{channel}'" for channel in rule.channels)}))""")
    if rule.jurisdiction != "US":
        parts.append(f"""list_contains("jurisdictions", '{rule.jurisdiction}')""")
    return f"TRY({' AND '.join([*parts, rule.condition.sql])})"


def reads(rule: Rule) -> frozenset[str]:
    """Facts that a rule reads, those of its scope included."""
    scope = set() if rule.all_channels else {"channel"}
    if rule.jurisdiction != "US":
        scope.add("jurisdictions")
    return rule.condition.facts | scope


def ask(facts: pa.Table, rules: Sequence[Rule], connection: duckdb.DuckDBPyConnection | None = None) -> Answers:
    """Answers of every rule for every row: int8 of shape (rows, rules), 1 true, 0 false, -1 not known.

    `facts` needs the columns that the rules read; others are not looked at. A column that is absent is not known.
    `connection`: of `skiptrace.sql.connect`, where several questions share one."""
    out: Answers = np.full((facts.num_rows, len(rules)), UNKNOWN, np.int8)
    if not rules or not facts.num_rows:
        return out
    names = sorted(frozenset().union(*(reads(rule) for rule in rules)))
    columns = {
        name: facts.column(name) if name in facts.column_names else pa.nulls(facts.num_rows, FACTS[name].type)
        for name in names
    }
    columns["row"] = pa.array(np.arange(facts.num_rows, dtype=np.int64))
    select = ", ".join(
        f"coalesce({question(rule)}::TINYINT, {UNKNOWN}) AS r{number}" for number, rule in enumerate(rules)
    )
    text = f"SELECT {select} FROM facts ORDER BY {quote('row')}"
    if connection is None:
        answers = run_query(text, {"facts": pa.table(columns)})
    else:
        connection.register("facts", pa.table(columns))
        answers = connection.sql(text).to_arrow_table()
        connection.unregister("facts")
    for number in range(len(rules)):
        out[:, number] = answers.column(number).to_numpy()
    return out


def coverage_rule(rulebook: Rulebook, as_of: dt.date) -> Rule | None:
    """The synthetic rule COVERAGE: stops each channel, in each jurisdiction, where a topic has no rule in force.

    A channel for which coverage.toml requires nothing at all is not covered either. None where all is covered."""
    gaps: dict[str, set[str]] = {}
    for channel in CHANNELS:
        if channel not in rulebook.covered_channels:
            gaps.setdefault("US", set()).add(channel)
    for requirement in rulebook.requirements:
        open_channels = {
            channel for channel in requirement.channels if missing_topics(rulebook, requirement, channel, as_of)
        }
        if open_channels:
            gaps.setdefault(requirement.jurisdiction, set()).update(open_channels)
    if not gaps:
        return None
    parts = []
    for jurisdiction, channels in sorted(gaps.items()):
        where = "" if jurisdiction == "US" else f" AND list_contains(jurisdictions, '{jurisdiction}')"
        parts.append(f"(channel IN ({', '.join(repr(channel) for channel in sorted(channels))}){where})")
    when = " OR ".join(parts)
    return Rule(
        id=COVERAGE_ID,
        version=1,
        topic="coverage",
        jurisdiction="US",
        channels=CHANNELS,
        grain="contact_point",
        sentence=COVERAGE_SENTENCE,
        when=when,
        condition=parse(when),
        effect="stop",
        on_missing="stop",
        citations=("coverage.toml",),
        effective_from=dt.date.min,
        effective_to=None,
        evidence="P",
        certainty="H",
        review_required=False,
        last_checked=dt.date.min,
        cases=(),
        path="coverage.toml",
    )


def missing_topics(rulebook: Rulebook, requirement: Requirement, channel: str, as_of: dt.date) -> list[str]:
    """Topics of a requirement that no rule in force settles on a channel, sorted."""
    settled = {
        rule.topic
        for rule in rulebook.in_force(as_of)
        if rule.jurisdiction == requirement.jurisdiction and channel in rule.channels
    }
    return sorted(set(requirement.topics) - settled)


def asked_rules(rulebook: Rulebook, as_of: dt.date) -> tuple[Rule, ...]:
    """The rules that decide on a day: those in force and, where it has something to say, COVERAGE; sorted by id."""
    coverage = coverage_rule(rulebook, as_of)
    rules = rulebook.in_force(as_of) + ((coverage,) if coverage else ())
    return tuple(sorted(rules, key=lambda rule: rule.id))


def case_facts(rule: Rule, case: Case) -> dict[str, object]:
    """The fact sheet of a case: what it gives, and the rule's own channel and jurisdiction unless it says otherwise."""
    facts: dict[str, object] = {"channel": rule.channels[0], "jurisdictions": ["US", rule.jurisdiction]}
    facts.update(case.facts)
    return {name: value for name, value in facts.items() if name not in case.missing}


def case_effects(rules: Sequence[Rule]) -> list[tuple[Rule, Case, str]]:
    """Every case of every rule with the effect that the engine finds, in the rules' order."""
    pairs = [(rule, case) for rule in rules for case in rule.cases]
    if not pairs:
        return []
    answers = ask(_case_sheet(pairs), rules)
    position = {id(rule): number for number, rule in enumerate(rules)}
    return [
        (rule, case, _effect(rule, int(answers[row, position[id(rule)]]))) for row, (rule, case) in enumerate(pairs)
    ]


def ask_cases(rule: Rule, variants: Sequence[Rule]) -> list[list[str]]:
    """The effects of each variant of a rule on the rule's own cases, in their order."""
    answers = ask(_case_sheet([(rule, case) for case in rule.cases]), variants)
    return [[_effect(rule, int(answer)) for answer in answers[:, number]] for number in range(len(variants))]


def _case_sheet(pairs: Sequence[tuple[Rule, Case]]) -> pa.Table:
    rows = [case_facts(rule, case) for rule, case in pairs]
    names = sorted(frozenset().union(*(row.keys() for row in rows)))
    return pa.table({name: pa.array([row.get(name) for row in rows], FACTS[name].type) for name in names})


def _effect(rule: Rule, answer: int) -> str:
    return cast(str, rule.effect_of(None if answer == UNKNOWN else answer == TRUE))


def facts_of(row: Mapping[str, object], rule: Rule) -> dict[str, object]:
    """The facts that a rule read from one row, by name: what an explanation shows."""
    return {name: row.get(name) for name in sorted(reads(rule))}
