from __future__ import annotations

import datetime as dt
import hashlib
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from jobs import prepare as module
from jobs.prepare import Options, prepare
from jobs.setup import ENCODING
from skiptrace.errors import ConfigError, DataRefused, PermissionRefused
from tests.jobs.projects import PARTS, Finished, change

PROJECT = """\
version = 1
[project]
name = "small"
as_of = 2026-06-30
purposes = ["fcra.collection"]
[portfolio]
path = "tape-*.csv"
[portfolio.columns]
account_id = "id"
full_name = "name"
[[source]]
name = "header"
path = "header.csv"
kind = "credit_header"
purposes = ["fcra.collection"]
cost_per_record = 0.02
[source.columns]
record_id = "id"
full_name = "name"
[[source]]
name = "stops"
path = "stops.csv"
kind = "suppression"
purposes = ["fcra.collection"]
required = true
[source.columns]
list = "list"
scope = "scope"
account_id = "id"
[compliance]
operator_role = "debt_buyer_active"
[[export]]
name = "dialer"
profile = "csv"
[runtime]
partition_rows = 80
workers = 2
"""
FILES = {
    "skiptrace.toml": PROJECT,
    "tape-1.csv": "id,name\nA1,Quenby\nA2,Okafor\nA3,Lindqvist\n",
    "tape-2.csv": "id,name\nA4,Marchetti\n",
    "header.csv": "id,name,shoe_size\nR1,Quenby,9\n",
    "stops.csv": "list,scope,id\nown,account,A2\n",
}


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A project of two small files of accounts, a source that costs money and a required list."""
    folder = tmp_path / "small"
    folder.mkdir()
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def run_id(folder: Path, **options: object) -> str:
    return prepare(folder, Options(**options)).run_id  # type: ignore[arg-type]


def test_a_run_has_one_id_wherever_the_project_is(small: Path, tmp_path: Path) -> None:
    first = run_id(small)
    shutil.copytree(small, tmp_path / "elsewhere")
    assert first == run_id(small) == run_id(tmp_path / "elsewhere")
    assert first.startswith("20260630-")
    assert {path.name for path in small.iterdir()} == set(FILES)  # nothing was written


def test_scheduler_workers_and_comments_change_nothing(small: Path) -> None:
    before = run_id(small)
    change(small, "workers = 2", 'workers = 1\nscheduler = "threads"\nmemory_limit = "1GB"  # another machine')
    assert run_id(small) == run_id(small, scheduler="processes", exports=False) == before


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("partition_rows = 80", "partition_rows = 2"),
        ('"debt_buyer_active"', '"agency"'),
        ('path = "header.csv"', 'path = "./header.csv"\nwhere = "true"'),
        ('name = "dialer"', 'name = "dialler"'),
    ],
)
def test_what_the_project_says_changes_the_id(small: Path, old: str, new: str) -> None:
    before = run_id(small)
    change(small, old, new)
    assert run_id(small) != before


def test_dates_limits_and_contents_change_the_id(small: Path) -> None:
    ids = {run_id(small), run_id(small, as_of=dt.date(2026, 7, 1)), run_id(small, limit=1), run_id(small, limit=2)}
    (small / "header.csv").write_text(FILES["header.csv"].replace("Quenby", "Quinby"))
    assert len({*ids, run_id(small)}) == 5


def test_tokens_of_another_key_are_another_run(small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = prepare(small, Options())
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    after = prepare(small, Options())
    assert before.run_id != after.run_id
    assert before.setup.delivery_keys["header"] != after.setup.delivery_keys["header"]
    assert after.setup.key().hex() not in repr(after)


def test_only_what_a_delivery_depends_on_changes_its_key(small: Path) -> None:
    before = prepare(small, Options()).setup
    change(small, "cost_per_record = 0.02", "cost_per_record = 0.03")
    dearer = prepare(small, Options()).setup
    assert dearer.delivery_keys == before.delivery_keys
    assert dearer.run_key != before.run_key
    change(small, 'path = "header.csv"', 'path = "header.csv"\nwhere = "name = \'x\'"')
    after = prepare(small, Options()).setup
    assert {name for name, key in after.delivery_keys.items() if key != before.delivery_keys[name]} == {"header"}
    assert after.index_key != before.index_key


def test_only_what_a_layer_depends_on_changes_its_key(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = prepare(small, Options()).setup
    assert [planned.source for planned in before.layers] == ["header"], "accounts and lists are not in the index"
    (small / "tape-2.csv").write_text("id,name\nA4,Marchetta\n")
    accounts = prepare(small, Options()).setup
    assert (accounts.layers, accounts.index_key) == (before.layers, before.index_key)
    assert accounts.run_key != before.run_key
    (small / "header.csv").write_text(FILES["header.csv"].replace("Quenby", "Quinby"))
    delivered = prepare(small, Options()).setup
    assert delivered.layers != before.layers
    linkage = module.linkage_rules.load()
    monkeypatch.setattr(module.linkage_rules, "load", lambda: replace(linkage, hash="other"))
    compared = prepare(small, Options()).setup
    assert compared.layers == delivered.layers, "how records are compared is not in a layer"
    monkeypatch.setattr(module.linkage_rules, "load", lambda: replace(linkage, blocking_hash="other"))
    ruled = prepare(small, Options()).setup
    assert ruled.delivery_keys == delivered.delivery_keys
    assert ruled.layers != delivered.layers


def test_a_layer_follows_the_code_that_encodes_it(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = prepare(small, Options()).setup
    hashed = module.code_hash
    monkeypatch.setattr(module, "code_hash", lambda *parts: "other" if parts == ENCODING else hashed(*parts))
    after = prepare(small, Options()).setup
    assert after.delivery_keys == before.delivery_keys
    assert after.layers != before.layers


def test_a_source_that_is_not_permitted_is_refused_before_anything_is_read(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    change(small, 'kind = "credit_header"\npurposes = ["fcra.collection"]', 'kind = "voter"\npurposes = ["other"]')
    read: list[str] = []
    monkeypatch.setattr(module, "survey", lambda *_: read.append("survey"))
    monkeypatch.setattr(module, "Gate", lambda *_: read.append("gate"))
    with pytest.raises(PermissionRefused) as refused:
        prepare(small, Options())
    assert refused.value.exit_code == 2
    assert [problem.place for problem in refused.value.problems] == ["source[1].purposes"]
    assert read == []


def test_a_source_by_which_nobody_could_be_found_is_refused(small: Path) -> None:
    change(small, 'cost_per_record = 0.02\n[source.columns]\nrecord_id = "id"\nfull_name = "name"', '[source.columns]\nrecord_id = "id"')
    with pytest.raises(ConfigError, match='source "header" cannot be linked') as refused:
        prepare(small, Options())
    assert refused.value.exit_code == 2
    (problem,) = refused.value.problems
    assert problem.place == "source[1].columns"
    assert "map names" in problem.mend


def test_a_required_list_that_is_empty_is_refused(small: Path) -> None:
    (small / "stops.csv").write_text("list,scope,id\n")
    with pytest.raises(DataRefused, match="stops") as refused:
        prepare(small, Options())
    assert refused.value.exit_code == 3
    change(small, "required = true", "required = true\nallow_empty = true")
    assert 'source "stops" has no rows' in prepare(small, Options()).warnings


def test_a_required_list_that_is_missing_is_refused(small: Path) -> None:
    (small / "stops.csv").unlink()
    with pytest.raises(DataRefused, match="stops") as refused:
        prepare(small, Options())
    assert refused.value.exit_code == 3


def test_an_export_without_a_profile_is_refused(small: Path) -> None:
    change(small, 'profile = "csv"', 'profile = "abacus"')
    with pytest.raises(ConfigError):
        prepare(small, Options())


@pytest.mark.parametrize(("limit", "rows"), [(1, [1]), (3, [3]), (4, [3, 1]), (99, [3, 1])])
def test_a_limit_cuts_the_accounts_and_nothing_else(small: Path, limit: int, rows: list[int]) -> None:
    whole, few = prepare(small, Options()).setup.partitions, prepare(small, Options(limit=limit)).setup.partitions
    cut = few.pop("portfolio")
    assert [part.rows for part in cut] == rows
    accounts = whole.pop("portfolio")
    assert cut == tuple(replace(part, rows=n) for part, n in zip(accounts, rows, strict=False))
    assert few == whole


def test_the_summary_lists_deliveries_files_and_what_is_ignored(small: Path) -> None:
    prepared = prepare(small, Options())
    summary = prepared.summary()
    by_name = {delivery["name"]: delivery for delivery in summary["deliveries"]}
    assert {name: delivery["rows"] for name, delivery in by_name.items()} == {"portfolio": 4, "header": 1, "stops": 1}
    assert by_name["header"]["ignored_columns"] == ["shoe_size"]
    assert by_name["header"]["read_as"] == ['text, delimited by ",", in utf-8']
    assert by_name["header"]["unreadable_rows"] == 0
    hashed = hashlib.sha256(FILES["tape-2.csv"].encode()).hexdigest()
    assert by_name["portfolio"]["files"][1] == {"name": "tape-2.csv", "sha256": hashed}
    assert (summary["as_of"], summary["run_id"], prepared.rows) == ("2026-06-30", prepared.run_id, 6)
    assert "Quenby" not in repr(summary)


def test_an_empty_fact_sheet_is_warned_about(small: Path) -> None:
    assert prepare(small, Options()).warnings == ()
    change(small, 'operator_role = "debt_buyer_active"\n', "")
    assert any("[compliance]" in warning for warning in prepare(small, Options()).warnings)


def test_the_day_is_the_commands_else_the_projects_else_today(small: Path) -> None:
    day = dt.date(2026, 6, 1)
    assert prepare(small, Options(as_of=day)).setup.as_of == day
    assert prepare(small, Options()).setup.as_of == dt.date(2026, 6, 30)
    change(small, "as_of = 2026-06-30\n", "")
    before = dt.datetime.now().astimezone().date()
    assert before <= prepare(small, Options()).setup.as_of <= dt.datetime.now().astimezone().date()


def test_the_project_may_be_named_by_its_file(small: Path) -> None:
    by_file, by_folder = prepare(small / "skiptrace.toml", Options()), prepare(small, Options())
    assert by_file.setup == by_folder.setup
    assert by_file.setup.private == small / ".skiptrace"
    assert by_file.text == by_folder.text == PROJECT


def test_the_sample_project_is_cut_by_files_and_rows(finished: Finished) -> None:
    parts = finished.setup.partitions
    assert len(parts["portfolio"]) == PARTS
    assert len(parts["header"]) > 1
    assert [part.number for part in parts["header"]] == list(range(len(parts["header"])))


def test_a_state_that_is_none_and_a_contract_that_has_ended_are_named_before_anything_is_read(small: Path) -> None:
    change(small, 'operator_role = "debt_buyer_active"', 'operator_role = "debt_buyer_active"\nlicensed_states = ["WA", "ZZ"]')
    with pytest.raises(ConfigError, match="names what the contact rules do not know") as caught:
        prepare(small, Options())
    assert [problem.place for problem in caught.value.problems] == ["compliance.licensed_states[2]"]
    change(small, "cost_per_record = 0.02", "cost_per_record = 0.02\ncontract_expires = 2026-06-29")
    with pytest.raises(PermissionRefused, match="may not be used after 2026-06-29"):
        prepare(small, Options())


def test_a_partner_without_credentials_is_told_before_anything_is_read(small: Path) -> None:
    with (small / "skiptrace.toml").open("a") as file:
        file.write('[[outbox]]\nname = "vendor"\nplace = "x"\n[outbox.age]\nrecipients = ["age1' + "q" * 58 + '"]\n')
    (small / "tape-1.csv").unlink()
    with pytest.raises(ConfigError, match="outbox"):
        prepare(small, Options())
