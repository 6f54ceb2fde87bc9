from __future__ import annotations

from collections import defaultdict

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from skiptrace.errors import ContractError
from skiptrace.report.book import BY_ACCOUNT, columns_of, open_book
from skiptrace.report.facts import summarise
from tests.report.by_hand import ACCOUNTS, REPORT, RUN, TABLES, rows
from tests.report.sample import RULES, WORDING


def test_reachability_counts_the_doubt_about_the_link_once() -> None:
    sure = {row["account_id"]: row["p_right_party"] for row in rows("contact_points")}
    best: dict[tuple[str, str], float] = defaultdict(float)
    for row in rows("channels"):
        best[row["account_id"], row["point_id"]] = max(best[row["account_id"], row["point_id"]], row["p_reach"])
    missed: dict[str, float] = defaultdict(lambda: 1.0)
    for (name, _), chance in best.items():
        missed[name] *= 1 - min(chance / sure[name], 1)
    by_hand = sum(max(sure[name] * (1 - miss), ACCOUNTS[name]["p_any_channel"]) for name, miss in missed.items())
    assert float(REPORT.summary.reachable) == pytest.approx(by_hand, abs=1e-6)
    assert REPORT.summary.reachable >= REPORT.summary.permitted


def test_a_missing_table_is_named() -> None:
    with pytest.raises(ContractError, match="links"):
        summarise({name: table for name, table in TABLES.items() if name != "links"}, RUN)


def test_a_run_of_an_earlier_version_weighed_no_persons() -> None:
    older = TABLES | {"links": TABLES["links"].drop_columns(["person_weight"])}
    report = summarise(older, RUN)
    assert report.summary == REPORT.summary
    assert all(fall.person == fall.weight for fall in report.linkage.waterfalls)


@pytest.mark.parametrize("cuts", [1, 2, 7])
def test_a_run_in_parts_has_the_figures_of_the_whole(cuts: int) -> None:
    ids = sorted(ACCOUNTS)
    few = {name: table for name, table in TABLES.items() if name not in BY_ACCOUNT}
    parts = (
        {name: table.filter(pc.is_in(table["account_id"], pa.array(ids[cut::cuts])))
         .select(columns_of(name, table.column_names)) for name, table in TABLES.items() if name in BY_ACCOUNT}
        for cut in range(cuts)
    )  # fmt: skip
    assert summarise(few, RUN, RULES, WORDING, parts) == REPORT


def test_a_part_that_lacks_a_table_is_told() -> None:
    with pytest.raises(ContractError, match="channels"), open_book(TABLES, [TABLES | {}, {"accounts": TABLES["accounts"]}]):
        pass
