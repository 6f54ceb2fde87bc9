"""What somebody else did to the place of a project, or put into a name: refused with an exit code, nothing outside touched."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest

from jobs.pipeline import run as run_pipeline
from jobs.prepare import Options
from jobs.setup import read_plan
from jobs.tape import tape_refs
from skiptrace.errors import StoreUnavailable, UnsafePermissions
from skiptrace.project import home_of
from skiptrace.store.objects import ObjectPath
from skiptrace.store.tables import read_table
from tests.faults.conftest import Stage
from tests.faults.crash_points import at_point, content_of, run_tiny
from tests.jobs.tiny import make_tiny


def planted(project: Path, outside: Path, name: str, folder: bool) -> None:
    """A link to a place outside, at a name within the run's folder."""
    place = project / "runs" / name
    place.parent.mkdir(parents=True, exist_ok=True)
    place.parent.chmod(0o700)
    place.symlink_to(outside if folder else outside / "file")


def test_a_link_planted_in_the_run_folder_is_refused_and_never_followed(stage: Stage, tmp_path: Path) -> None:
    names = sorted(stage.expected.names)
    table = next(name for name in names if "/links/" in name and name.startswith("runs/")).removeprefix("runs/")
    run_id = table.split("/")[0]
    (tmp_path / "file").write_bytes(b"theirs")
    for name, folder in ((run_id, True), (f"{run_id}/links", True), (table, False)):
        project = stage.make()
        planted(project, tmp_path, name, folder)
        with pytest.raises(UnsafePermissions) as refused:
            run_tiny(project)
        assert refused.value.exit_code == 78
        assert [path.name for path in tmp_path.iterdir()] == ["file"]
        assert (tmp_path / "file").read_bytes() == b"theirs"
        assert not (project / "runs" / "latest").is_symlink()
        (project / "runs" / name).unlink()
        run_tiny(project)  # nothing is lost: the same command goes on
        assert content_of(project) == stage.expected.content


def test_a_partition_value_is_a_value_and_leads_nowhere(tmp_path: Path) -> None:
    project = make_tiny(tmp_path / "a" / "b" / "project")
    rows = pa_csv.read_csv(project / "portfolio.csv", convert_options=pa_csv.ConvertOptions(column_types={"zip": pa.string()}))
    for number, value in enumerate(("..%2F..%2Fescaped", "..", "plain")):
        folder = project / "tape" / f"lot={value}"
        folder.mkdir(parents=True)
        pq.write_table(rows.slice(4 * number, 4), folder / "part.parquet")
    file = project / "skiptrace.toml"
    text = file.read_text().replace('"portfolio.csv"', '"tape"').replace('balance = "balance"', 'balance = "balance"\nportfolio_id = "lot"')
    file.write_text(text)
    before = {path for path in tmp_path.rglob("*") if project not in path.parents}
    done = run_pipeline(project, Options(scheduler="sync", to_step="intake"), lambda step, done, total: None)
    assert {path for path in tmp_path.rglob("*") if project not in path.parents} == before
    assert not [path for path in project.rglob("*escaped*") if "tape" not in path.parts]
    lots = [read_table(ref, ["portfolio_id"])["portfolio_id"].to_pylist() for ref in tape_refs(read_plan(str(done.folder)), "tape")]
    assert {lot for some in lots for lot in some} == {"../../escaped", "..", "plain"}


def test_a_bucket_that_goes_in_mid_run_is_told_and_the_run_goes_on_when_it_is_back(
    stage: Stage, store: ObjectPath
) -> None:
    system, _ = store._system()
    bucket = f"gone-{store.name[:12]}"
    system.mkdir(bucket)
    home = ObjectPath(f"s3://{bucket}/project")
    project = stage.make(home)
    away: list[str] = []

    def goes(point: str) -> None:
        if not away:
            away.append(point)
            home.remove_below()
            system.rmdir(bucket)

    with at_point(200, goes), pytest.raises(StoreUnavailable) as told:
        run_tiny(project)
    assert away
    assert told.value.exit_code == 69
    system.mkdir(bucket)
    run_tiny(project)
    assert content_of(home_of(project)) == stage.expected.content
    home.remove_below()
