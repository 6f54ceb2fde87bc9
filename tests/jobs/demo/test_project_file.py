import datetime as dt
import tomllib

import pyarrow.csv as pcsv
import pyarrow.parquet as pq

from jobs.demo import project_file, words
from jobs.demo.project import DemoFiles
from skiptrace.plugins import rules_root
from skiptrace.project.loading import load, permitted


def test_it_is_toml_with_the_date_and_the_states() -> None:
    found = tomllib.loads(project_file.text(dt.date(2026, 6, 30), words.load().states))
    assert found["version"] == 1
    assert found["project"]["as_of"] == dt.date(2026, 6, 30)
    assert tuple(found["compliance"]["licensed_states"]) == words.load().states
    assert {entry["step"] for entry in found["compliance"]["attest"]} == set(project_file.ATTESTED)
    assert all(entry["date"] < dt.date(2026, 6, 30) for entry in found["compliance"]["attest"])
    assert {entry["name"]: entry["profile"] for entry in found["export"]} == {"dialer": "csv", "full": "parquet"}


def test_attested_steps_are_known_to_the_rules() -> None:
    known = tomllib.loads((rules_root() / "compliance" / "steps.toml").read_text())
    assert set(project_file.ATTESTED) <= set(known)


def test_it_loads_as_a_project_whose_sources_may_all_be_used(demo: DemoFiles) -> None:
    project = load(demo.project, {})
    assert permitted(project, dt.date(2026, 6, 30)) == ()
    assert len(project.source) == 6


def test_it_maps_columns_that_the_files_have(demo: DemoFiles) -> None:
    found = tomllib.loads(demo.project.read_text())
    mapped = [value for value in found["portfolio"]["columns"].values() if isinstance(value, str)]
    plain = [value for value in mapped if value.isidentifier()]
    assert set(plain) <= set(pq.read_schema(demo.portfolio[0]).names)
    for source in found["source"]:
        file = demo.folder / source["path"]
        assert file == demo.sources[source["name"]]
        names = pcsv.open_csv(file).schema.names if file.suffix == ".csv" else pq.read_schema(file).names
        assert {value for value in source["columns"].values() if value.isidentifier()} <= set(names)


def test_one_source_costs_and_the_list_is_required(demo: DemoFiles) -> None:
    by_name = {source["name"]: source for source in tomllib.loads(demo.project.read_text())["source"]}
    assert [name for name, source in by_name.items() if source.get("cost_per_record")] == ["contact"]
    assert by_name["suppression"]["required"] is True
    assert set(by_name) == set(demo.sources)
