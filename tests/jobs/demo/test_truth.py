import re

import numpy as np
import pyarrow.parquet as pq

from jobs.demo import truth
from jobs.demo.project import DemoFiles


def test_links_lead_to_records_that_exist(demo: DemoFiles) -> None:
    links = pq.read_table(demo.truth["links"]).to_pylist()
    ids = {
        "header": set(pq.read_table(demo.sources["header"])["REC_ID"].to_pylist()),
        "voter": set(pq.read_table(demo.sources["voter"])["VoterId"].to_pylist()),
        "contact": set(pq.read_table(demo.sources["contact"])["record"].to_pylist()),
    }
    for source, known in ids.items():
        linked = {row["record_id"] for row in links if row["source"] == source}
        assert linked
        assert linked < known
    assert len({tuple(row.values()) for row in links}) == len(links)


def test_who_is_in_no_source_has_no_link(demo: DemoFiles) -> None:
    accounts = pq.read_table(demo.truth["accounts"]).to_pylist()
    linked = set(pq.read_table(demo.truth["links"])["account_id"].to_pylist())
    assert {row["account_id"] for row in accounts if not row["in_no_source"]} == linked
    assert 0.22 < sum(row["in_no_source"] for row in accounts) / len(accounts) < 0.32


def test_accounts_are_those_that_can_be_used(demo: DemoFiles) -> None:
    accounts = pq.read_table(demo.truth["accounts"])
    assert accounts.num_rows == demo.counts["accounts"] == len(set(accounts["account_id"].to_pylist()))


def test_the_dead_have_a_date_and_no_current_address(demo: DemoFiles) -> None:
    for row in pq.read_table(demo.truth["accounts"]).to_pylist():
        assert row["deceased"] == (row["death_date"] is not None) == (row["current_address"] is None)
        assert not (row["moved"] and row["deceased"])


def test_points_are_canonical_once_per_account_and_mostly_known_to_be_right_or_wrong(demo: DemoFiles) -> None:
    rows = pq.read_table(demo.truth["points"]).to_pylist()
    assert len({(row["account_id"], row["kind"], row["value"]) for row in rows}) == len(rows)
    for row in rows:
        form = r"\+1\d{10}" if row["kind"] == "phone" else r"[a-z0-9._]+@[a-z.]+"
        assert re.fullmatch(form, row["value"])
        assert row["right_party"] in (True, False)
    right = [row["right_party"] for row in rows if row["kind"] == "phone"]
    assert 0.5 < sum(right) / len(right) < 0.75
    dead = {row["account_id"] for row in pq.read_table(demo.truth["accounts"]).to_pylist() if row["deceased"]}
    assert not any(row["right_party"] for row in rows if row["account_id"] in dead)


def test_join_pairs_every_equal_value() -> None:
    left, right = np.array([5, 1, 5, 9]), np.array([5, 5, 2, 1])
    mine, theirs = truth._join(left, right)
    assert sorted(zip(mine.tolist(), theirs.tolist(), strict=True)) == [(0, 0), (0, 1), (1, 3), (2, 0), (2, 1)]
