"""Screening: the rules' answers about every use → DECISIONS, and about every account → holds.

Rules only stop or add duties and none permits, so their order cannot matter. A use is stopped when any rule stops it or
asks for a step that is not done; an unknown answer is decided by the rule's `on_missing`, which always stops. An
account is held only by a rule that is known to be true.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.rulebook.engine import FALSE, TRUE, UNKNOWN, Answers, ask, asked_rules, facts_of
from skiptrace.rulebook.model import COVERAGE_ID, Rule, Rulebook
from skiptrace.schema import DECISIONS, conform
from skiptrace.vocabulary import CHANNELS

Codes = npt.NDArray[np.int64]


def screen(situations: pa.Table, rulebook: Rulebook, as_of: dt.date) -> pa.Table:
    """DECISIONS of every row of SITUATIONS, in its order.

    `stopped_by` holds the rules that stop the use, those that ask for a step included; `steps_required` the steps."""
    rules = asked_rules(rulebook, as_of)
    answers = ask(situations, rules)
    codes, patterns = _patterns(answers)
    told = [_told(pattern, rules) for pattern in patterns]
    stopped, conditions, steps = (_lists([row[place] for row in told], codes) for place in range(3))
    words = np.array([2 if row[0] else 1 if row[1] else 0 for row in told], np.int64)
    decision = pa.DictionaryArray.from_arrays(words[codes], pa.array(["permitted", "conditional", "stopped"])).cast(
        pa.string()
    )
    table = pa.table(
        {
            "account_id": situations.column("account_id"),
            "point_id": situations.column("point_id"),
            "channel": situations.column("channel"),
            "decision": decision,
            "stopped_by": stopped,
            "conditions": conditions,
            "steps_required": steps,
            "window_start": situations.column("window_start"),
            "window_end": situations.column("window_end"),
            "valid_until": _valid_until(situations, rulebook, as_of),
            "rulebook": pa.array([rulebook.hash] * situations.num_rows, pa.string()),
        }
    )
    return conform(table, DECISIONS)


def screen_accounts(accounts: pa.Table, rulebook: Rulebook, as_of: dt.date) -> pa.Table:
    """account_id (string) and holds (list of rule ids, sorted) for every row of ACCOUNT_SITUATIONS, in its order.

    Only rules that stop a whole account and are known to be true hold it; an unknown fact never does."""
    rules = tuple(rule for rule in rulebook.in_force(as_of) if rule.holds_account)
    codes, patterns = _patterns(ask(accounts, rules))
    held = [[rule.id for rule, answer in zip(rules, pattern, strict=True) if answer == TRUE] for pattern in patterns]
    return pa.table({"account_id": accounts.column("account_id"), "holds": _lists(held, codes)})


def trace(situations: pa.Table, rulebook: Rulebook, as_of: dt.date) -> list[dict[str, object]]:
    """For each row, what every rule in force answered: account_id, point_id, channel and `rules`, a list of rule id,
    answer (true, false, unknown), effect and the facts it read. For a few rows that a person asks about."""
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
                    "A topic that must be settled before this channel may be used here has no rule in force.",
                    "coverage.toml",
                )
            )
    return out


def _truth(answer: int) -> bool | None:
    return None if answer == UNKNOWN else answer == TRUE


def _told(pattern: Sequence[int], rules: Sequence[Rule]) -> tuple[list[str], list[str], list[str]]:
    """(ids that stop, ids of conditions, steps), each sorted, for one row of answers."""
    stopped, conditions, steps = [], [], set()
    for rule, answer in zip(rules, pattern, strict=True):
        effect = rule.effect_of(_truth(answer))
        if effect == "condition":
            conditions.append(rule.id)
        elif effect != "none":
            stopped.append(rule.id)
            if effect == "require_step" and rule.step:
                steps.add(rule.step)
    return sorted(stopped), sorted(conditions), sorted(steps)


def _patterns(answers: Answers) -> tuple[Codes, list[list[int]]]:
    """(pattern number of each row, the distinct rows of answers). Exact: packed bytes are compared, not hashes."""
    rows = len(answers)
    codes: Codes = np.zeros(rows, np.int64)
    packed = np.packbits(np.concatenate([answers == TRUE, answers == UNKNOWN], axis=1), axis=1)
    padded = np.zeros((rows, -(-packed.shape[1] // 4) * 4), np.uint8)
    padded[:, : packed.shape[1]] = packed
    for word in padded.view(np.uint32).astype(np.int64).T:
        _, number = np.unique(word, return_inverse=True)
        _, codes = np.unique(codes * (int(number.max(initial=0)) + 1) + number, return_inverse=True)
    _, first = np.unique(codes, return_index=True)
    return codes, answers[first].tolist()


def _lists(values: list[list[str]], codes: Codes) -> pa.Array:
    """A list column from distinct lists and the number of each row's."""
    return pa.array(values, pa.list_(pa.string())).take(pa.array(codes))


def _valid_until(situations: pa.Table, rulebook: Rulebook, as_of: dt.date) -> pa.ChunkedArray:
    """Last day of each decision: by channel, and never past the day on which another set of rules comes into force."""
    change = rulebook.next_change(as_of)
    latest = dt.date.max if change is None else change - dt.timedelta(days=1)
    days = [min(latest, as_of + dt.timedelta(days=rulebook.valid_days.get(channel, 0))) for channel in CHANNELS]
    place = pc.index_in(situations.column("channel"), pa.array(CHANNELS))
    return pc.take(pa.array(days, pa.date32()), place)
