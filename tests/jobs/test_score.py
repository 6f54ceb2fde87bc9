from __future__ import annotations

from jobs.runner import done
from jobs.score import score_partition
from skiptrace.reach import scorecards
from skiptrace.schema import CHANNELS, CONTACT_POINTS
from skiptrace.store.tables import read_table
from tests.jobs.projects import PARTS, Finished
from tests.jobs.work import bare


def test_a_task_that_is_run_again_writes_the_same_files(finished: Finished) -> None:
    setup = finished.setup
    enriched, shared = done(setup.receipt("enrich", 1)), done(setup.receipt("share", 0))
    assert enriched is not None
    assert shared is not None
    again = score_partition(str(setup.work), 1, enriched["points"], shared["sharing"])
    assert again == bare(done(setup.receipt("score", 1)) or {})


def test_every_use_is_of_a_point_and_nothing_is_permitted_yet(finished: Finished) -> None:
    kinds = {card.channel: card.kinds for card in scorecards.load()}
    for number in range(PARTS):
        receipt = done(finished.setup.receipt("score", number))
        assert receipt is not None
        points, channels = read_table(receipt["points"]), read_table(receipt["channels"])
        assert points.column_names == list(CONTACT_POINTS.names)
        assert channels.column_names == list(CHANNELS.names)
        kind_of = {(row["account_id"], row["point_id"]): row["kind"] for row in points.to_pylist()}
        for row in channels.to_pylist():
            assert kind_of[row["account_id"], row["point_id"]] in kinds[row["channel"]]
            assert row["decision"] == "stopped"


def test_points_know_who_shares_them(finished: Finished) -> None:
    shared = done(finished.setup.receipt("share", 0))
    assert shared is not None
    counts = {(row["account_id"], row["point_id"]): row["others"] for row in read_table(shared["sharing"]).to_pylist()}
    for number in range(PARTS):
        receipt = done(finished.setup.receipt("score", number))
        assert receipt is not None
        for row in read_table(receipt["points"]).to_pylist():
            assert row["shared_by"] == counts.get((row["account_id"], row["point_id"]), 0)
