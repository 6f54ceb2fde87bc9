from __future__ import annotations

from collections import defaultdict

import pytest

from skiptrace.errors import ContractError
from skiptrace.report.facts import summarise
from tests.report.by_hand import ACCOUNTS, REPORT, RUN, TABLES, rows


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
