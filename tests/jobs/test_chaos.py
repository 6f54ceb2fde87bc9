"""A short slice of the chaos harness: two faults of fixed seeds, with real processes."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.chaos.faults import BEFORE_COMMIT, FAULTS, STEPS, Plan, draw
from tests.chaos.run import RESULTS, faulted, read_results
from tests.chaos.scene import Scene, copy_project, differences, early, orphans
from tests.jobs.projects import Finished


def test_a_seed_is_a_plan_and_faults_take_turns() -> None:
    assert draw(7) == draw(7)
    assert {draw(seed).fault for seed in range(len(FAULTS))} == set(FAULTS)
    damaging = [draw(seed) for seed in range(300) if "bit" in draw(seed).fault]
    assert all(plan.moment in BEFORE_COMMIT or isinstance(plan.moment, float) for plan in damaging)
    assert {draw(seed).moment for seed in range(3000)} > set(STEPS)


@pytest.fixture
def half_way(finished: Finished, tmp_path: Path) -> Path:
    """A project whose run got as far as the scores: nothing is published."""
    found = tmp_path / "half-way"
    copy_project(finished.folder, found)
    shutil.rmtree(found / "runs")
    for receipt in (found / ".skiptrace").rglob("*.json"):
        receipt.write_text(receipt.read_text().replace(str(finished.folder), str(found)))
    for step in ("screen", "settle"):
        for receipt in (found / ".skiptrace" / "work").glob(f"*/receipts/{step}-*.json"):
            receipt.unlink()
    return found


def test_what_is_compared_sees_a_difference(finished: Finished, half_way: Path, tmp_path: Path) -> None:
    copy_project(finished.folder, tmp_path / "other")
    shutil.rmtree(tmp_path / "other" / ".skiptrace")
    assert differences(tmp_path / "other", finished.folder) == orphans(tmp_path / "other") == []
    assert not early(tmp_path / "other")
    table = next((tmp_path / "other" / "runs" / "latest" / "channels").glob("*.parquet"))
    table.write_bytes(table.read_bytes()[:-1] + b"x")
    assert len(differences(tmp_path / "other", finished.folder)) == 1
    (table.parent / "part-99999.parquet").touch()
    assert orphans(tmp_path / "other") == ["channels/part-99999.parquet"]
    table.unlink()
    assert early(tmp_path / "other")
    assert differences(half_way, finished.folder) == ["nothing published"]


@pytest.mark.parametrize(("fault", "moment", "codes"), [("kill the driver", "work/*/receipts/screen-00000.json", [-9, 0])])
def test_after_a_fault_the_same_command_leaves_the_same_bytes(
    fault: str, moment: str, codes: list[int], half_way: Path, finished: Finished, tmp_path: Path
) -> None:  # fmt: skip
    place = tmp_path / "run"
    place.mkdir()
    half_way.rename(place / "project")  # receipts name files by their whole path
    for receipt in (place / "project" / ".skiptrace").rglob("*.json"):
        receipt.write_text(receipt.read_text().replace(str(half_way), str(place / "project")))
    told = faulted(Plan(1, fault, False, moment), None, finished.folder, 10.0, place)
    assert told["fired"]
    assert told["codes"] == codes, told["errors"]
    assert told["verdict"] == "same", told


def test_the_result_file_tells_of_every_kind_of_fault() -> None:
    results = read_results(RESULTS)
    assert {one["fault"] for one in results if one["fired"]} <= set(FAULTS)
    assert not [one["seed"] for one in results if one["verdict"] != "same"]


def test_a_scene_ends_what_it_started(half_way: Path, tmp_path: Path) -> None:
    scene = Scene(tmp_path / "run", False)
    copy_project(half_way, scene.project)
    scene.start()
    assert scene.driver is not None
    scene.close()
    assert scene.driver.poll() is not None
