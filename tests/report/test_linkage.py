"""Waterfalls, blocking keys and expected recall, from the sample run."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from math import floor
from typing import Any

import pyarrow as pa
import pytest

from skiptrace.report import linkage
from skiptrace.report.book import open_book
from skiptrace.report.model import Wording
from tests.report.by_hand import REPORT, RUN, TABLES, rows
from tests.report.sample import COMPARISONS, WORDING, tables

CASES: dict[str, Callable[[dict[str, Any]], bool]] = {
    "linked": lambda row: row["status"] == "linked" and row["via"] is None,
    "bridged": lambda row: row["status"] == "linked" and row["via"] is not None,
    "review": lambda row: row["status"] == "review" and row["via"] is None,
    "household": lambda row: row["status"] == "refused" and row["relation"] == "household",
}


def shown(table: pa.Table, case: str) -> Any:
    with open_book(TABLES | {"links": table}) as book:
        return linkage.waterfall(book, case, WORDING)


@pytest.mark.parametrize("case", linkage.CASES)
def test_the_pair_of_the_middle_weight_is_shown(case: str) -> None:
    found = sorted((floor(row["match_weight"] * 10), row["account_id"], row["rank"], row) for row in rows("links") if CASES[case](row))
    middle = found[(len(found) - 1) // 2][0]
    row = next(row for tenth, *_, row in found if tenth == middle)
    (fall,) = [one for one in REPORT.linkage.waterfalls if one.case == case]
    assert fall.weight == Decimal(str(row["match_weight"])).quantize(Decimal("0.01"))
    assert float(fall.probability) == row["match_probability"]
    assert fall.accounts == len({row["account_id"] for *_, row in found})


def test_bars_add_up_to_the_stored_weight_whatever_the_digits() -> None:
    links = TABLES["links"]
    for name, value in (("match_weight", 1 / 3), ("weight_name", 2 / 3 + 0.0049), ("weight_dob", -0.0051), ("weight_address", 0.1249)):
        place = links.column_names.index(name)
        links = links.set_column(place, links.schema.field(place), pa.array([value] * len(links), pa.float64()))
    fall = shown(links, "linked")
    assert fall.start + sum(one.bits for one in fall.falls) == fall.weight == Decimal("0.33")
    assert [one.comparison for one in fall.falls] == list(COMPARISONS)
    assert all(abs(float(one.bits) - value) <= 0.01 for one, value in zip(fall.falls, (0.6716, -0.0051, 0.1249), strict=True))
    assert fall.lowest <= min(one.before for one in fall.falls)
    assert fall.highest >= max(one.after for one in fall.falls)


def test_levels_speak_in_the_sentences_of_the_rules() -> None:
    (fall,) = [one for one in REPORT.linkage.waterfalls if one.case == "household"]
    assert [one.sentence for one in fall.falls] == ["The names are alike.", "One side has no birth date.", "The addresses agree."]
    assert [one.silent for one in fall.falls] == [False, True, False]
    with open_book(TABLES) as book:
        bare = linkage.waterfall(book, "household", Wording())
    assert bare is not None
    assert [one.sentence for one in bare.falls] == ["Level 1.", "One side has no dob.", "Level 2."]


def test_a_kind_that_few_accounts_have_is_not_shown() -> None:
    few = tables(10)
    with open_book(few) as book:
        assert linkage.figures(book, {}, WORDING).waterfalls == ()


def test_keys_come_by_what_they_brought() -> None:
    keys = REPORT.linkage.keys
    assert [(key.key, key.pairs, key.dropped_values, key.dropped_pairs, key.refined_pairs) for key in keys] == [
        ("names", 2500, 41, 98_765, 333), ("house_zip", 1100, 3, 61, 2), ("dob_last", 900, 0, 0, 0)]  # fmt: skip
    assert [key.words for key in keys] == ["first name + last name, also exchanged", "house zip", "birth date + last name"]
    assert REPORT.linkage.pairs == 3900


def test_the_recall_to_expect_is_the_ledgers() -> None:
    found = REPORT.linkage.expected
    assert found is not None
    assert found.recall == Decimal("0.9213")
    assert [(row.fields, row.recall) for row in found.rows][1:] == [(("address",), Decimal("0.8123")), ((), Decimal("0.1"))]
    assert dict(found.has)["ssn"] is None
    assert linkage.expected(None) is None
    assert linkage.expected(RUN["linkage"]["expected_recall"] | {"by_fields": []}) is None
