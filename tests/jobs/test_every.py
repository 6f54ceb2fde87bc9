from __future__ import annotations

from jobs.every import Every
from jobs.handing import KINDS, bundles
from jobs.runner import Receipt, Task
from tests.jobs.projects import PARTS, Finished


def test_every_partition_is_enriched_and_scored(finished: Finished) -> None:
    seen: list[Task] = []

    def run_all(name: str, tasks: list[Task]) -> list[Receipt]:
        seen.extend(tasks)
        if name == "handed":
            return [{kind: {"file": task.key, "ends": [2, 5]} for kind in KINDS} for task in tasks]
        return [{"points": f"points of {task.key}", "sharing": "shared", "sought": f"sought by {task.key}"} for task in tasks]

    every = Every(finished.setup, run_all)
    enriched, shared = every.enrich([{"considered": f"links {number}"} for number in range(PARTS)], {"path": "consumers"})
    every.score(enriched, shared)
    handed = len(bundles(finished.setup))
    assert [task.function for task in seen[: PARTS + handed]] == [*["jobs.handing:ask"] * PARTS, *["jobs.handing:hand"] * handed]
    seen = seen[PARTS + handed :]
    assert [task.function for task in seen] == [
        *["jobs.enrich:enrich_partition"] * PARTS, "jobs.enrich:share", *["jobs.score:score_partition"] * PARTS,
    ]  # fmt: skip
    assert [task.arguments["links"] for task in seen[:PARTS]] == ["links 0", "links 1"]
    given = [[one["sightings"]["first"] for one in task.arguments["given"]] for task in seen[:PARTS]]
    assert given == [[0] * handed, [2] * handed]
    assert all(task.arguments["shared"] == "shared" for task in seen[PARTS + 1 :])
    assert every.figures([]) == {}


def test_a_night_that_cannot_begin_from_a_run_says_why(finished: Finished) -> None:
    assert Every(finished.setup, lambda name, tasks: [], "the rules changed").figures([]) == {
        "night": {"since": None, "why_all": "the rules changed"}
    }
