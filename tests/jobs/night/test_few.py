from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest

from jobs.night import few
from jobs.night.touched import TOUCHED
from jobs.runner import done
from jobs.setup import read_plan, write_plan
from jobs.tape import parties
from skiptrace.store.commit import put_json
from skiptrace.store.permissions import private_folder
from skiptrace.store.tables import read_table, write_table
from tests.jobs.projects import PARTS, Finished


@pytest.fixture
def links(finished: Finished) -> list[dict]:
    found = [done(finished.setup.receipt("link", number)) for number in range(PARTS)]
    return [receipt["considered"] for receipt in found if receipt is not None]


@pytest.mark.parametrize("parts", [1, 2])
def test_a_small_portfolio_has_all_rows_of_its_accounts_and_no_others(
    finished: Finished, links: list[dict], parts: int, tmp_path: Path
) -> None:
    setup = finished.setup
    whole = [parties(setup, number) for number in range(PARTS)]
    ids = sorted(account for _, _, tape in whole for account in tape["account_id"].to_pylist()[::3])
    ref = write_table(pa.table({"account_id": ids}), TOUCHED, private_folder(tmp_path / "touched"), "touched").plain()
    small = few.setup_of(replace(setup, work=tmp_path / "work"), "small", parts)
    write_plan(small, (setup.work / "skiptrace.toml").read_text())
    assert len(read_plan(str(small.work)).partitions["portfolio"]) == parts
    pairs, accounts = [], []
    for number in range(parts):
        receipt = few.cut(str(setup.work), number, str(small.work), [ref], links)
        put_json(private_folder(small.work / "receipts") / f"intake-{number:05d}.json", receipt)
        pairs += read_table(receipt["considered"]).to_pylist()
    for number in range(parts):
        identities, sightings, tape = parties(small, number)
        accounts += tape["account_id"].to_pylist()
        every = [row for one in whole for row in one[1].to_pylist() if row["identity"] in set(identities["identity"].to_pylist())]
        assert sorted(map(str, sightings.to_pylist())) == sorted(map(str, every))
    assert sorted(accounts) == ids
    expected = [row for ref in links for row in few.likely(ref).to_pylist() if row["account_id"] in ids]
    assert sorted(map(str, pairs)) == sorted(map(str, expected))


def test_no_partition_is_larger_than_the_largest_of_the_whole(finished: Finished) -> None:
    largest = max(part.rows for part in finished.setup.partitions["portfolio"])
    assert [few.parts_for(finished.setup, accounts) for accounts in (0, 1, largest, largest + 1)] == [0, 1, 1, 2]
