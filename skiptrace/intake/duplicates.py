"""Account numbers that occur more than once, over all partitions of a portfolio.

Two passes: each partition tells its account ids and a hash of each row (over all mapped columns), then all of them
are judged together. Rows that agree in everything are one account delivered twice; rows that disagree cannot be told
apart, and none of them is used.
"""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.errors import DataRefused, Problem
from skiptrace.intake.cells import trimmed
from skiptrace.intake.mapping import Mapped
from skiptrace.intake.partitions import Partition
from skiptrace.sql import query, quote

CONFLICT_LIMIT = 0.01
"""Share of rows in conflict above which the column is no account number, and the whole portfolio is refused."""
LONGEST_ID = 200

SURVEY = pa.schema([("number", pa.int64()), ("account_id", pa.string()), ("hash", pa.uint64()), ("tape", pa.string())])
VERDICT = pa.schema([("number", pa.int64()), ("reason", pa.string())])


def survey(mapped: Mapped, partition: Partition) -> pa.Table:
    """SURVEY of one mapped partition: row number within the portfolio, account id as it will be used, hash of the row, and which
    tape it is of: its portfolio_id, or else its file."""
    numbers = pa.array(partition.numbers(mapped.rows))
    table = mapped.table.append_column("row number", numbers)
    columns = ", ".join(quote(name) for name in mapped.table.column_names)
    hashed = query(f'SELECT hash({columns}) AS hash FROM mapped ORDER BY "row number"', {"mapped": table})
    ids = trimmed(mapped.table.column("account_id"))
    tape = pa.repeat(partition.file.name, len(mapped.rows))
    if "portfolio_id" in mapped.table.column_names:
        tape = pc.coalesce(trimmed(mapped.table.column("portfolio_id")), pa.scalar(partition.file.name))
    return pa.table([numbers, ids, hashed.column("hash"), tape], schema=SURVEY)


def judge(surveys: Sequence[pa.Table]) -> pa.Table:
    """VERDICT: the numbers of the rows that are not used, with the reason, by number.

    Reasons: "account_id_missing", "account_id_too_long" (over 200 characters), "duplicate_row" (all but the first of
    equal rows), "conflicting_account_id" (every row of an id whose rows differ). Raises DataRefused (exit 3) where
    more than 1 % of the rows conflict, or where no row is left."""
    rows = pa.concat_tables([SURVEY.empty_table(), *surveys])
    text = f"""
        WITH told AS (
            SELECT number, account_id, min(number) OVER same AS first,
                min(hash) OVER same <> max(hash) OVER same AS differs
            FROM rows WINDOW same AS (PARTITION BY account_id)),
        judged AS (
            SELECT number, CASE WHEN account_id IS NULL THEN 'account_id_missing'
                WHEN length(account_id) > {LONGEST_ID} THEN 'account_id_too_long'
                WHEN differs THEN 'conflicting_account_id' WHEN number > first THEN 'duplicate_row' END AS reason
            FROM told)
        SELECT number, reason FROM judged WHERE reason IS NOT NULL ORDER BY number"""
    verdict = query(text, {"rows": rows}).cast(VERDICT)
    reasons = verdict.column("reason").to_pylist()
    conflicts = reasons.count("conflicting_account_id")
    if conflicts > CONFLICT_LIMIT * rows.num_rows and _of_two_tapes(rows):
        raise _refused(
            f"{conflicts:,} of {rows.num_rows:,} rows share an account number with a row of another tape that differs: two sellers "
            "number their accounts alike",
            "make one number of both, such as account_id = \"concat_ws('-', portfolio_id, account_number)\"",
        )
    if conflicts > CONFLICT_LIMIT * rows.num_rows:
        raise _refused(
            f"{conflicts:,} of {rows.num_rows:,} rows share an account number with a row that differs",
            "map the column that is unique per account, or have the tape delivered without duplicates",
        )
    if rows.num_rows and len(reasons) == rows.num_rows:
        raise _refused("no row has an account number", "map account_id to the column that holds it")
    return verdict


def _of_two_tapes(rows: pa.Table) -> bool:
    """Whether most account numbers whose rows differ are plain within each tape that has them."""
    text = """
        with told as (select account_id, tape, count(distinct hash) as kinds, min(hash) as one from rows group by account_id, tape),
        judged as (select max(kinds) = 1 as plain from told group by account_id having count(distinct one) > 1 or max(kinds) > 1)
        select coalesce(avg(plain::int), 0) > 0.5 as most from judged"""
    return bool(query(text, {"rows": rows})["most"][0].as_py())


def _refused(what: str, mend: str) -> DataRefused:
    return DataRefused("the portfolio cannot be used", (Problem("portfolio", "account_id", what, mend),))
