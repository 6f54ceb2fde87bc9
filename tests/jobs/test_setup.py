from __future__ import annotations

import ast
import json
from dataclasses import replace
from pathlib import Path

import pytest

from jobs import setup as module
from jobs.prepare import Options, prepare
from jobs.setup import CANONICAL, COMPARING, ENCODING, LIBRARIES, PLAN, code_hash, read_plan, versions, write_plan
from skiptrace.errors import ConfigError
from skiptrace.project import FILE_NAME
from tests.jobs.projects import Finished, copy_of


def test_a_plan_reads_back_as_it_was(sample: Path, tmp_path: Path) -> None:
    prepared = prepare(sample, Options())
    planned = replace(prepared.setup, work=tmp_path / "work")
    write_plan(planned, prepared.text)
    assert read_plan(str(planned.work)) == planned
    assert (planned.work / FILE_NAME).read_text() == prepared.text
    assert {path.stat().st_mode & 0o777 for path in planned.work.iterdir()} == {0o600}


def test_a_plan_holds_no_secret_and_nobodys_data(sample: Path, tmp_path: Path) -> None:
    prepared = prepare(sample, Options())
    planned = replace(prepared.setup, work=tmp_path / "work")
    write_plan(planned, prepared.text)
    text = (planned.work / PLAN).read_text()
    assert planned.key().hex() not in text
    assert set(json.loads(text)) == {
        "as_of", "run_key", "delivery_keys", "layers", "key_id", "private", "project_file", "environment", "partitions",
        "mappings", "past", "reach", "limit", "register", "notes", "exported", "forgotten", "own_digest",
    }  # fmt: skip


def test_the_plan_of_a_killed_attempt_is_replaced_where_the_project_moved(sample: Path, tmp_path: Path) -> None:
    moved = copy_of(sample, tmp_path / "moved")
    work = tmp_path / "work"
    for place in (sample, moved):
        prepared = prepare(place, Options())
        write_plan(replace(prepared.setup, work=work), prepared.text)
        assert read_plan(str(work)).project.folder == place
        assert read_plan(str(work)).private == place / ".skiptrace"


def test_settings_of_the_environment_travel_with_the_plan(sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SKIPTRACE__RUNTIME__WORKERS", "7")
    prepared = prepare(sample, Options())
    planned = replace(prepared.setup, work=tmp_path / "work")
    write_plan(planned, prepared.text)
    monkeypatch.delenv("SKIPTRACE__RUNTIME__WORKERS")
    assert read_plan(str(planned.work)).project.runtime.workers == 7


def test_folders_and_sources_of_a_run(finished: Finished) -> None:
    setup = finished.setup
    assert setup.record_sources == ("contact", "header", "utility", "voter")
    assert setup.kinds["contact"] == "phone_file"
    assert setup.delivery("header", 0).parent == setup.private / "deliveries"
    assert setup.delivered("header", 0) == setup.delivery("header", 0) / "intake-00000.json"
    assert [planned.source for planned in setup.layers] == list(setup.record_sources)
    assert setup.layer(1) == setup.private / "index" / setup.layers[1].key
    assert setup.receipt("enrich", 2) == setup.work / "receipts" / "enrich-00002.json"
    assert len(setup.key()) == 32


def test_the_key_of_the_index_is_that_of_its_layers(finished: Finished) -> None:
    setup = finished.setup
    for number, planned in enumerate(setup.layers):
        layers = [*setup.layers]
        layers[number] = replace(planned, key="0" * 32)
        assert replace(setup, layers=tuple(layers)).index_key != setup.index_key


def test_persons_are_kept_by_the_index_and_by_what_two_records_weigh(finished: Finished) -> None:
    setup = finished.setup
    other = replace(setup, layers=tuple(replace(planned, key="0" * 32) for planned in setup.layers))
    folders = {setup.entities("one"), setup.entities("two"), other.entities("one"), other.entities("two")}
    assert len(folders) == 4
    assert {folder.parent for folder in folders} == {setup.private / "entities"}


def test_persons_follow_the_rules_and_the_code_that_compares(finished: Finished, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, linkage, hashed = finished.setup.entities("one"), module.load_rules(), module.code_hash
    with monkeypatch.context() as patch:
        patch.setattr(module, "load_rules", lambda: replace(linkage, hash="other"))
        assert finished.setup.entities("one") != folder
    with monkeypatch.context() as patch:
        patch.setattr(module, "code_hash", lambda *parts: "other" if parts == COMPARING else hashed(*parts))
        assert finished.setup.entities("one") != folder
    assert finished.setup.entities("one") == folder


def test_the_hash_of_the_program_is_that_of_its_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "skiptrace"
    (package / "intake").mkdir(parents=True)
    for name in ("__init__.py", "sql.py", "intake/cells.py"):
        (package / name).write_text("x = 1\n")
    monkeypatch.setattr(module.skiptrace, "__file__", str(package / "__init__.py"))

    def hashes() -> tuple[str, str]:
        return code_hash.__wrapped__("intake"), code_hash.__wrapped__("sql.py")

    intake, sql = hashes()
    (package / "intake" / "cells.py").write_text("x = 2\n")
    assert hashes()[0] != intake
    assert hashes()[1] == sql
    (package / "intake" / "cells.py").write_text("x = 1\n")
    assert hashes() == (intake, sql)


def test_parts_that_canonical_values_depend_on_exist() -> None:
    root = Path(module.skiptrace.__file__).parent
    assert all((root / part).exists() for part in (*CANONICAL, *ENCODING, *COMPARING))
    assert code_hash(*CANONICAL) != code_hash()


def test_canonical_values_depend_on_the_loops_that_reading_imports_and_on_no_other() -> None:
    root = Path(module.skiptrace.__file__).parent
    reading = [file for part in ("intake", "normalize", "project", "schema") for file in (root / part).rglob("*.py")]
    loops, met = [root / "columns.py", root / "sql.py", *reading], set[str]()
    while loops:
        for node in ast.walk(ast.parse(loops.pop().read_text())):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("skiptrace.kernels"):
                parts = node.module.split(".")[2:] or [alias.name for alias in node.names]
                new = set(parts[:1] if len(node.module.split(".")) > 2 else parts) - met
                met |= new
                loops += [root / "kernels" / f"{name}.py" for name in new]
    assert {f"kernels/{name}.py" for name in met} == {part for part in CANONICAL if part.startswith("kernels")}


def test_versions_name_the_product_and_its_libraries() -> None:
    assert set(versions()) == {"skiptrace", *LIBRARIES}
    assert all(versions().values())


def test_a_worker_with_another_token_key_is_refused(warm: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    prepared = prepare(warm, Options())
    assert len(prepared.setup.key()) == 32
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))  # another machine, which makes a key of its own
    with pytest.raises(ConfigError, match="another key"):
        prepared.setup.key()
