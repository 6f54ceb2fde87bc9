from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skiptrace.errors import ContractError
from skiptrace.report.counting import BY_ACCOUNT, NEEDED, columns_of, count, merged, opened
from skiptrace.report.facts import summarise
from skiptrace.schema import counts
from tests.report.by_hand import ACCOUNTS, REPORT, RUN, TABLES
from tests.report.sample import COMPARISONS, RULES, WORDING

FEW = {name: table for name, table in TABLES.items() if name not in BY_ACCOUNT}
IDS = sorted(ACCOUNTS)


def part(ids: list[str]) -> dict[str, pa.Table]:
    """Some accounts, with the columns that are read alone."""
    return {
        name: table.filter(pc.is_in(table["account_id"], pa.array(ids, pa.string()))).select(columns_of(name, table.column_names))
        for name, table in TABLES.items() if name in BY_ACCOUNT
    }  # fmt: skip


def plain(row: pa.Table) -> dict[str, list[Any]]:
    return {name: sorted(map(str, groups.to_pylist())) for name, groups in opened(row).items()}


@settings(max_examples=5, deadline=None)
@given(st.lists(st.integers(0, 3), min_size=len(IDS), max_size=len(IDS)))
def test_accounts_counted_apart_have_the_figures_of_the_whole_however_they_are_cut(parts: list[int]) -> None:
    rows = [count(part([name for name, mine in zip(IDS, parts, strict=True) if mine == number])) for number in range(4)]
    assert summarise(FEW, RUN, RULES, WORDING, pa.concat_tables(rows)) == REPORT
    assert summarise(FEW, RUN, RULES, WORDING, merged(pa.concat_tables(rows))) == REPORT
    assert summarise(FEW, RUN, RULES, WORDING, pa.concat_tables([merged(pa.concat_tables(rows[:2])), *rows[2:]])) == REPORT


def test_counts_conform_and_one_row_stays_what_it_is() -> None:
    row = count(TABLES)
    assert row.schema.equals(counts(COMPARISONS).arrow)
    assert len(row) == 1
    assert plain(merged(row)) == plain(row)


def test_words_may_come_as_dictionaries_and_accounts_in_any_order() -> None:
    words = ("source", "status", "relation", "kind", "origin", "channel", "decision", "locate_status")
    coded = {name: TABLES[name].take(pa.array(range(len(TABLES[name]))[::-1])) for name in BY_ACCOUNT}
    for name, table in coded.items():
        for word in (one for one in words if one in NEEDED[name]):
            table = table.set_column(table.column_names.index(word), word, table[word].dictionary_encode())
        coded[name] = table
    assert plain(count(coded)) == plain(count(TABLES))


def test_accounts_of_which_nothing_is_known_are_counted() -> None:
    nothing = {name: TABLES[name].slice(0, 0) for name in BY_ACCOUNT} | {"accounts": TABLES["accounts"]}
    report = summarise(FEW, RUN, RULES, WORDING, count(nothing))
    assert (report.summary.accounts, report.uses, report.channels, report.linkage.waterfalls) == (len(IDS), 0, (), ())
    empty = summarise(FEW, RUN, RULES, WORDING, count({name: table.slice(0, 0) for name, table in nothing.items()}))
    assert empty.summary.accounts == 0


def test_a_part_that_lacks_a_table_is_told() -> None:
    with pytest.raises(ContractError, match="channels"):
        count({"accounts": TABLES["accounts"]})


def test_rows_of_an_account_that_is_not_there_are_refused() -> None:
    with pytest.raises(ContractError, match="contact_points"):
        count({**part(IDS[:9]), "contact_points": part(IDS[:10])["contact_points"]})
