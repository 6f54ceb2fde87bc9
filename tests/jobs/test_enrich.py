from __future__ import annotations

from typing import Any

from jobs import enrich, handing
from jobs.runner import done
from skiptrace.schema import CONTACT_POINTS
from skiptrace.schema.working import DEATHS, SHARING
from skiptrace.store.tables import read_table
from tests.jobs.projects import PARTS, Finished
from tests.jobs.work import bare


def receipt(finished: Finished, step: str, number: int = 0) -> dict[str, Any]:
    found = done(finished.setup.receipt(step, number))
    assert found is not None
    return found


def test_a_task_that_is_run_again_writes_the_same_files(finished: Finished) -> None:
    links = receipt(finished, "link")["considered"]
    consumers = receipt(finished, "consumers")["consumers"]
    work, wanted = str(finished.setup.work), bare(receipt(finished, "enrich"))
    given = [handing.of_partition(done(finished.setup.receipt("handed", n)) or {}, 0) for n in range(len(handing.bundles(finished.setup)))]
    assert enrich.enrich_partition(work, 0, links, consumers, given) == wanted
    assert enrich.enrich_partition(work, 0, links, consumers) == wanted  # as it reads the records where nobody handed any


def test_points_and_deaths_conform_and_are_of_the_partitions_accounts(finished: Finished) -> None:
    for number in range(PARTS):
        told = receipt(finished, "enrich", number)
        points, deaths = read_table(told["points"]), read_table(told["deaths"])
        assert points.column_names == list(CONTACT_POINTS.names)
        assert deaths.schema.equals(DEATHS.arrow)
        assert set(points["account_id"].to_pylist()) <= set(deaths["account_id"].to_pylist())
        assert told["evidence"] >= points.num_rows > 0


def test_shared_points_are_those_of_several_consumers(finished: Finished) -> None:
    table = read_table(receipt(finished, "share")["sharing"])
    assert table.schema.equals(SHARING.arrow)
    assert all(row["others"] > 0 for row in table.to_pylist())
