"""Social security numbers that stand beside many surnames of a portfolio: a clerk's own, a filler, a sold list. They are nobody's.

Two passes, as for duplicates: each partition tells the tokens of its numbers with a hash of the surname beside each, then all are
judged together. Accounts of one person share a number and hardly more than two or three spellings of a surname.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.columns import as_text
from skiptrace.intake.cells import trimmed, whole
from skiptrace.intake.duplicates import VERDICT
from skiptrace.intake.mapping import Mapped
from skiptrace.intake.partitions import Partition
from skiptrace.normalize.identifiers import normalize_ssn
from skiptrace.normalize.words import read_lists
from skiptrace.sql import query

REASON = "number_of_many"
"""Why such a number is not used; the row is."""
NUMBERS = pa.schema([("number", pa.int64()), ("token", pa.binary(16)), ("surname", pa.uint64())])


def survey(mapped: Mapped, partition: Partition, key: bytes) -> pa.Table | None:
    """NUMBERS of one mapped partition: row number within the portfolio, token of its number, hash of the surname (of the whole name
    where there is no other). Rows without number or name are left out; None where no number is mapped."""
    names = [name for name in ("last_name", "full_name") if name in mapped.table.column_names]
    if "ssn" not in mapped.table.column_names or not names:
        return None
    token = whole(normalize_ssn(as_text(trimmed(mapped.table.column("ssn"))), None, key).column("ssn_token"))
    name = pc.utf8_upper(pc.coalesce(*(trimmed(mapped.table.column(one)) for one in names)))
    table = pa.table({"number": pa.array(partition.numbers(mapped.rows)), "token": token, "name": name}).drop_null()
    hashed = query("SELECT number, token, hash(name) AS surname FROM told ORDER BY number", {"told": table})
    return hashed.cast(NUMBERS)


def judge(surveys: Sequence[pa.Table], verdict: pa.Table) -> pa.Table:
    """VERDICT with the rows added whose number more surnames have than `most_surnames` of `rules/words/identifiers.toml`: reason
    "number_of_many". A row that is in `verdict` stays as it is."""
    told = pa.concat_tables([NUMBERS.empty_table(), *surveys])
    most = int(read_lists("identifiers")["most_surnames"])
    text = f"""
        WITH many AS (SELECT token FROM told GROUP BY token HAVING count(DISTINCT surname) > {most})
        SELECT number, reason FROM verdict UNION ALL
        SELECT number, '{REASON}' AS reason FROM told SEMI JOIN many USING (token) ANTI JOIN verdict USING (number) ORDER BY number"""
    return query(text, {"told": told, "verdict": verdict}).cast(VERDICT)


def split(verdict: pa.Table, numbers: np.ndarray) -> tuple[pa.Table, np.ndarray]:
    """(the verdict about whole rows, of each row number whether its number is of many)."""
    ours = np.asarray(pc.equal(verdict["reason"], REASON), bool)
    of_many = np.isin(numbers, np.asarray(verdict["number"])[ours])
    return verdict.filter(pa.array(~ours)), of_many
