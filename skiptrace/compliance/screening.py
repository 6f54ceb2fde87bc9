"""Screening: the rules' answers about every use → DECISIONS, and about every account → holds.

Rules only stop or add duties and none permits, so their order cannot matter. A use is stopped when any rule stops it or
asks for a step that is not done; an unknown answer is decided by the rule's `on_missing`, which always stops. An
account is held only by a rule that is known to be true.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.compliance.carried import carriers, with_carriers
from skiptrace.compliance.outcomes import listed, outcome
from skiptrace.rulebook.coding import code_table
from skiptrace.rulebook.digests import facts_digest
from skiptrace.rulebook.engine import FALSE, TRUE, UNKNOWN, ask, asked_rules, facts_of
from skiptrace.rulebook.model import COVERAGE_ID, COVERAGE_SENTENCE, Rule, Rulebook
from skiptrace.rulebook.patterns import patterns
from skiptrace.schema import DECISIONS, conform
from skiptrace.schema.facts import DAILY, FACTS
from skiptrace.vocabulary import CHANNELS

BLOCK = 1 << 19
"""Uses screened together: bounds memory, changes no result."""


def screen(situations: pa.Table, rulebook: Rulebook, as_of: dt.date) -> pa.Table:
    """DECISIONS of every row of SITUATIONS, in its order. A use that another one carries is decided together with it, so
    SITUATIONS must hold whole accounts. A fact sheet that an earlier version kept may lack facts that came later: they are not
    known.

    `stopped_by` holds the rules that stop the use, those that ask for a step included; `steps_required` the steps;
    `facts_digest` says what the decision was made from (see `skiptrace.rulebook.digests`), but for what is another every day: a use
    of which nothing else is known than the day before has the same."""
    rules = asked_rules(rulebook, as_of)
    pieces = [_screened(situations.slice(start, BLOCK), rules) for start in range(0, max(1, situations.num_rows), BLOCK)]
    table = pa.concat_tables(pieces)
    for name in ("account_id", "point_id", "channel", "window_start", "window_end"):
        table = table.append_column(name, situations.column(name))
    table = table.append_column("valid_until", valid_until(situations, rulebook, as_of))
    table = table.append_column("rulebook", pa.repeat(rulebook.hash, situations.num_rows))
    return conform(with_carriers(conform(table.select(DECISIONS.names), DECISIONS), situations, rulebook), DECISIONS)


def _screened(situations: pa.Table, rules: Sequence[Rule]) -> pa.Table:
    """decision, stopped_by, conditions, steps_required and facts_digest of one block."""
    facts = situations.select(sorted(set(FACTS) & set(situations.column_names)))  # names are listed anew at each asking
    coded = code_table(facts)
    codes, answers = patterns(facts, rules, coded)
    told = outcome(answers, rules)
    columns = {name: values.take(pa.array(codes)) for name, values in told.items()}
    lasting = facts.drop_columns([name for name in DAILY if name in facts.column_names])
    return pa.table(columns | {"facts_digest": pa.array(facts_digest(lasting, coded))})


def screen_accounts(accounts: pa.Table, rulebook: Rulebook, as_of: dt.date) -> pa.Table:
    """account_id (string) and holds (list of rule ids, sorted) for every row of ACCOUNT_SITUATIONS, in its order.

    Asked and read as uses are, on the facts of the account alone; only rules that stop a whole account and are known to be
    true hold it, an unknown fact never does."""
    rules = tuple(rule for rule in asked_rules(rulebook, as_of) if rule.holds_account)
    codes, answers = patterns(accounts, rules, code_table(accounts.select([n for n in accounts.column_names if n in FACTS])))
    held = listed([rule.id for rule in rules], answers == TRUE)
    return pa.table({"account_id": accounts.column("account_id"), "holds": held.take(pa.array(codes))})


def trace(situations: pa.Table, rulebook: Rulebook, as_of: dt.date) -> list[dict[str, object]]:
    """For each row, what every rule in force answered, and for a use that another carries which rules acted on that one:
    account_id, point_id, channel and `rules`, a list of rule id, answer (true, false, unknown), effect and the facts it read. For
    a few rows that a person asks about."""
    rules = asked_rules(rulebook, as_of)
    answers = ask(situations, rules)
    words = {TRUE: "true", FALSE: "false", UNKNOWN: "unknown"}
    out: list[dict[str, object]] = []
    for row, told in zip(situations.to_pylist(), answers.tolist(), strict=True):
        acted = [
            {
                "rule": rule.id,
                "answer": words[answer],
                "effect": rule.effect_of(_truth(answer)),
                "facts": facts_of(row, rule),
            }
            for rule, answer in zip(rules, told, strict=True)
        ]
        out.append({name: row[name] for name in ("account_id", "point_id", "channel")} | {"rules": acted})
    own = [list[dict[str, object]](row["rules"]) for row in out]  # type: ignore[call-overload]
    for carried, carrier in zip(*(one.tolist() for one in carriers(situations, rulebook)), strict=True):
        mine = {one["rule"] for one in own[carried] if one["effect"] != "none"}
        more = [one for one in own[carrier] if one["effect"] != "none" and one["rule"] not in mine] if carrier >= 0 else []
        kept = [one for one in own[carried] if one["rule"] not in {other["rule"] for other in more}]
        out[carried]["rules"] = sorted([*kept, *more], key=lambda one: str(one["rule"]))
    return out


def sentences(rulebook: Rulebook, ids: Sequence[str]) -> list[tuple[str, str, str]]:
    """(rule id, sentence, citations joined by '; ') for rule ids, in their order. Unknown ids are left out."""
    out = []
    for identifier in ids:
        rule = rulebook.rule(identifier)
        if rule is not None:
            review = " (to be reviewed by counsel)" if rule.review_required else ""
            out.append((rule.id, rule.sentence + review, "; ".join(rule.citations)))
        elif identifier == COVERAGE_ID:
            out.append(
                (
                    identifier,
                    COVERAGE_SENTENCE,
                    "coverage.toml",
                )
            )
    return out


def _truth(answer: int) -> bool | None:
    return None if answer == UNKNOWN else answer == TRUE


def valid_until(situations: pa.Table, rulebook: Rulebook, as_of: dt.date) -> pa.ChunkedArray:
    """Last day of each row's own decision: by channel, and never past the day on which another set of rules comes into force."""
    change = rulebook.next_change(as_of)
    latest = dt.date.max if change is None else change - dt.timedelta(days=1)
    days = [min(latest, as_of + dt.timedelta(days=rulebook.valid_days.get(channel, 0))) for channel in CHANNELS]
    place = pc.index_in(situations.column("channel"), pa.array(CHANNELS))
    return pc.take(pa.array(days, pa.date32()), place)
