"""Answers to steps: what a vendor or a person answered about an account or an endpoint, as facts.

`steps.toml` says which facts a response word gives. The latest answer to a step counts, if it is known on the day and not
older than the step allows. What an answer denies never takes away what somebody else reported.
"""

from __future__ import annotations

import datetime as dt

import pyarrow as pa

from skiptrace.errors import DataRefused, Problem
from skiptrace.rulebook.fields import suggestion
from skiptrace.rulebook.model import Rulebook
from skiptrace.rulebook.tokens import kind_of
from skiptrace.schema import ANSWERS
from skiptrace.schema.facts import ACCOUNT_FACT_NAMES, FACTS
from skiptrace.sql import query, quote

RND_STEP, NOTICE_STEP, SCRUB_STEP = "rnd_query", "creditor_notice", "bankruptcy_scrub"
REASSIGNED = pa.schema(
    [("kind", pa.string()), ("value", pa.string()), ("response", pa.string()), ("queried_at", pa.date32()), ("date_used", pa.date32())]
)
"""Answers of the reassigned-number database, at most one per number and date asked for."""


def check_answers(answers: pa.Table, rulebook: Rulebook) -> None:
    """Raise DataRefused (exit 3) where an answer names a step or a response that steps.toml does not know: it would be lost."""
    known = pa.table(
        {
            "step": pa.array([name for name, step in rulebook.steps.items() for _ in step.answers], pa.string()),
            "response": pa.array([word for step in rulebook.steps.values() for word in step.answers], pa.string()),
        }
    )
    text = """SELECT a.step, count(*) AS rows FROM answers a ANTI JOIN known k ON k.step = a.step AND k.response = a.response
        GROUP BY a.step ORDER BY a.step"""
    problems = []
    for row in query(text, {"answers": answers, "known": known}).to_pylist():
        step = rulebook.steps.get(row["step"])
        if step is None:
            mend = suggestion(row["step"], rulebook.steps) or f"one of {', '.join(rulebook.steps)}"
            what = f"{row['rows']} answers to a step that is none"
        else:
            what, mend = f"{row['rows']} answers are none of its words", f"of {', '.join(step.answers) or 'none: attest it instead'}"
        problems.append(Problem("answers", row["step"] if step else "", what, mend))
    if problems:
        raise DataRefused("answers to steps cannot be used", tuple(problems))


def _latest(answers: pa.Table, rulebook: Rulebook, as_of: dt.date) -> pa.Table:
    """The latest usable answer per step and account or endpoint; of one day, the one whose word sorts last."""
    ages = pa.table(
        {
            "step": pa.array(list(rulebook.steps), pa.string()),
            "age": pa.array([step.max_age_days for step in rulebook.steps.values()], pa.int32()),
        }
    )
    text = f"""SELECT a.* FROM answers a JOIN ages USING (step)
        WHERE a.answered_at <= DATE '{as_of}' AND (age IS NULL OR date_diff('day', a.answered_at, DATE '{as_of}') <= age)
        QUALIFY row_number() OVER (PARTITION BY a.step, a.account_id, a.kind, a.value
            ORDER BY a.answered_at DESC, a.response DESC, a.date_used DESC) = 1
        ORDER BY ALL"""
    return query(text, {"answers": answers, "ages": ages})


def answered_accounts(answers: pa.Table | None, points: pa.Table, rulebook: Rulebook, as_of: dt.date) -> pa.Table:
    """account_id, scrub_days (int32: days since the last bankruptcy scrub) and one column per account fact that some step
    answers; one row per account with an answer.

    An endpoint's answer counts for every account whose `points` (account_id, kind, value) show it: what it affirms at once,
    what it denies only where every number of the account was answered."""
    rows = [(name, word, facts) for name, step in rulebook.steps.items() for word, facts in step.answers.items()]
    facts = sorted({fact for _, _, given in rows for fact in given} & ACCOUNT_FACT_NAMES)
    meaning = pa.table(
        {"step": pa.array([row[0] for row in rows], pa.string()), "response": pa.array([row[1] for row in rows], pa.string())}
        | {fact: pa.array([row[2].get(fact) for row in rows], FACTS[fact].type) for fact in facts}
    )
    truths = [fact for fact in facts if kind_of(FACTS[fact].type) == "truth"]
    merged = ", ".join(f"{'bool_or' if fact in truths else 'max'}({quote(fact)}) AS {quote(fact)}" for fact in facts)
    whole = ", ".join(
        f"CASE WHEN bool_or({quote(fact)}) THEN TRUE WHEN count({quote(fact)}) = count(*) THEN FALSE END AS {quote(fact)}"
        if fact in truths else f"max({quote(fact)}) AS {quote(fact)}" for fact in facts
    )  # fmt: skip
    scrubbed = f"min(date_diff('day', answered_at, DATE '{as_of}')) FILTER (step = '{SCRUB_STEP}')::INTEGER AS scrub_days"
    names = ", ".join(quote(fact) for fact in facts)
    text = f"""
        WITH meant AS (SELECT l.*, m.* EXCLUDE (step, response) FROM latest l JOIN meaning m USING (step, response)),
        own AS (SELECT account_id, {scrubbed}, {merged} FROM meant WHERE account_id IS NOT NULL GROUP BY account_id),
        steps AS (SELECT DISTINCT step FROM meant WHERE account_id IS NULL AND kind = 'phone'),
        shown AS (
            SELECT p.account_id, s.step, m.* EXCLUDE (step, account_id) FROM points p CROSS JOIN steps s
            LEFT JOIN meant m ON m.account_id IS NULL AND m.step = s.step AND m.kind = p.kind AND m.value = p.value
            WHERE p.kind = 'phone'),
        by_point AS (SELECT account_id, step, {whole} FROM shown GROUP BY account_id, step)
        SELECT account_id, min(scrub_days) AS scrub_days, {merged} FROM (
            SELECT account_id, scrub_days, {names} FROM own
            UNION ALL SELECT account_id, NULL, {names} FROM by_point)
        GROUP BY account_id ORDER BY account_id"""
    latest = _latest(answers if answers is not None else ANSWERS.empty(), rulebook, as_of)
    return query(text, {"latest": latest, "meaning": meaning, "points": points})


def reassigned_numbers(answers: pa.Table | None, as_of: dt.date) -> pa.Table:
    """REASSIGNED: every answer of the reassigned-number database that is known on `as_of`."""
    text = f"""SELECT DISTINCT kind, value, response, answered_at AS queried_at, date_used FROM answers
        WHERE step = '{RND_STEP}' AND value IS NOT NULL AND answered_at <= DATE '{as_of}' ORDER BY ALL"""
    return query(text, {"answers": answers if answers is not None else ANSWERS.empty()}).cast(REASSIGNED)


def creditor_notices(answers: pa.Table | None, as_of: dt.date) -> pa.Table:
    """kind, value and creditor_notice_until (date32): the last day to object, for each endpoint with a creditor's notice.
    Of several notices the latest day counts."""
    text = f"""SELECT kind, value, max(date_used) AS creditor_notice_until FROM answers
        WHERE step = '{NOTICE_STEP}' AND value IS NOT NULL AND answered_at <= DATE '{as_of}' GROUP BY ALL ORDER BY ALL"""
    return query(text, {"answers": answers if answers is not None else ANSWERS.empty()})
