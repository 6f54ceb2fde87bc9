from __future__ import annotations

from typing import Any

from jobs import enrich
from jobs.runner import done
from skiptrace.contacts import evidence
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
    assert enrich.enrich_partition(str(finished.setup.work), 0, links, consumers) == bare(receipt(finished, "enrich"))


def test_records_are_those_of_the_links(finished: Finished) -> None:
    links = read_table(receipt(finished, "link")["considered"])
    accepted = links.filter(evidence.accepted(links))
    records = enrich.linked_records(finished.setup, accepted, "identities")
    rows = accepted.to_pylist()
    found = set(zip(records["source"].to_pylist(), records["identity"].to_pylist(), strict=True))
    assert found == {(row["source"], row["identity"]) for row in rows}
    assert len(found) < len(links)
    nobody = enrich.linked_records(finished.setup, links.slice(0, 0), "sightings")
    assert nobody.num_rows == 0


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
