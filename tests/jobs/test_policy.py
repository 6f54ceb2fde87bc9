from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pyarrow as pa
import pytest

from jobs import policy
from jobs.rewritten import as_it_is
from jobs.verified import verify
from skiptrace.errors import ConfigError
from skiptrace.results import latest, open_run, runs
from skiptrace.schema import SCHEMA_VERSION
from skiptrace.store.commit import encode_json
from skiptrace.store.tables import read_table, write_table
from tests.jobs.projects import change, copy_of, files_below, run_project
from tests.jobs.published import RUN_ID, publish
from tests.jobs.replies import FIRST, calls, make_replies

OLD = "20200630-abc"
TODAY = dt.date(2026, 7, 2)


@pytest.fixture
def project(tiny_night: Path, tmp_path: Path) -> Path:
    """The tiny project with a run of 2020 made by hand, in which 0001 is an account that is worked today (A001)."""
    folder = copy_of(tiny_night, tmp_path / "project")
    made = publish(tmp_path / "by hand")
    ledger = json.loads((made / "run.json").read_bytes())
    for name, entry in ledger["tables"].items():
        table = read_table({**entry["files"][0], "path": str(made / entry["files"][0]["path"])})
        if "account_id" in table.column_names:
            ids = pa.array(["A001" if one == "0001" else one for one in table["account_id"].to_pylist()], pa.string())
            table = table.set_column(0, table.schema.field(0), ids)
        ref = write_table(table, as_it_is(name, table.schema), folder / "runs" / OLD / name, "part-00000").plain()
        entry["files"] = [{**ref, "path": f"{name}/{Path(ref['path']).name}"}]
    head = {"run_id": OLD, "run_key": "old", "as_of": "2020-06-30", "schema_version": SCHEMA_VERSION}
    (folder / "runs" / OLD / "run.json").write_bytes(encode_json({**ledger, **head}))
    (folder / "runs" / OLD / "rulebook.json").write_bytes((made / "rulebook.json").read_bytes())
    assert RUN_ID != OLD
    return folder


def test_evidence_goes_account_by_account_three_years_after_the_last_activity(project: Path) -> None:
    before = files_below(project)
    found = policy.apply(project, TODAY, dry=True)
    assert files_below(project) == before
    assert (found.accounts, found.runs, found.sources) == (4, (), ())
    assert found.evidence[OLD]["decisions"] == 1
    assert policy.apply(project, TODAY) == found
    old = open_run(project, OLD)
    assert verify(old).problems == ()
    assert set(old.table("decisions")["account_id"].to_pylist()) == set(old.table("contact_points")["account_id"].to_pylist()) == {"A001"}
    assert "as long as it must be" in old.ledger["rewritten"][0]["why"]
    assert latest(project).rows("accounts") == 12
    assert policy.apply(project, TODAY).evidence == {}


def test_before_three_years_are_over_nothing_goes(project: Path) -> None:
    file = project / "runs" / OLD / "run.json"
    file.write_text(file.read_text().replace("2020-06-30", "2023-07-03"))
    assert policy.apply(project, TODAY, dry=True).evidence == {}
    assert policy.apply(project, TODAY + dt.timedelta(days=2), dry=True).evidence


def test_a_run_of_which_nothing_is_left_goes_whole(project: Path) -> None:
    folder = project / "runs" / OLD
    ledger = json.loads((folder / "run.json").read_bytes())
    for name in ("decisions", "contact_points"):
        ref = {**ledger["tables"][name]["files"][0], "path": str(folder / ledger["tables"][name]["files"][0]["path"])}
        table = read_table(ref)
        table = table.filter(pa.array([one != "A001" for one in table["account_id"].to_pylist()]))
        made = write_table(table, as_it_is(name, table.schema), folder / name, "part-00000").plain()
        ledger["tables"][name] = {"rows": len(table), "files": [{**made, "path": f"{name}/{Path(made['path']).name}"}]}
    (folder / "run.json").write_bytes(encode_json(ledger))
    assert policy.apply(project, TODAY).runs == (OLD,)
    assert [run.run_id for run in runs(project)] == [latest(project).run_id]


def test_a_legal_hold_keeps_all_evidence_and_the_project_may_want_it_longer(project: Path) -> None:
    toml = project / "skiptrace.toml"
    whole = toml.read_text()
    toml.write_text(whole + "[retention]\nlegal_hold = true\n")
    assert policy.apply(project, TODAY).evidence == {}
    toml.write_text(whole + "[retention]\nevidence_years = 7\n")
    assert policy.apply(project, TODAY).evidence == {}
    toml.write_text(whole + "[retention]\nevidence_years = 2\n")
    with pytest.raises(ConfigError, match="12 CFR 1006"):
        policy.apply(project, TODAY)


def test_what_was_read_of_a_source_whose_contract_ended_goes(project: Path) -> None:
    change(project, 'kind = "credit_header"\n', 'kind = "credit_header"\ncontract_expires = 2026-07-01\n')
    found = policy.apply(project, TODAY)
    assert [(one.source, one.why) for one in found.sources] == [("header", "has a contract that ended on 2026-07-01")]
    assert found.readings == {"entities": 1, "index": 1, "deliveries": 1}
    left = {name.split("/")[1] for name in files_below(project / ".skiptrace") if name.startswith("deliveries/")}
    assert len(left) == 1  # of the calls
    assert not any(name.startswith("index/") for name in files_below(project / ".skiptrace"))
    assert policy.apply(project, TODAY).readings == {}
    assert verify(latest(project)).problems == ()


def test_on_its_last_day_a_contract_still_holds(project: Path) -> None:
    change(project, 'kind = "credit_header"\n', 'kind = "credit_header"\ncontract_expires = 2026-07-02\n')
    assert policy.apply(project, TODAY, dry=True).sources == ()


def test_what_was_read_goes_when_it_is_kept_as_long_as_the_licence_says(project: Path) -> None:
    change(project, 'kind = "credit_header"\n', 'kind = "credit_header"\nretention_days = 30\n')
    assert policy.apply(project, dt.date(2026, 7, 30), dry=True).readings == {}
    assert policy.apply(project, dt.date(2026, 7, 31), dry=True).readings == {"entities": 1, "index": 1, "deliveries": 1}


def test_what_was_read_of_a_source_that_is_none_any_more_goes(project: Path) -> None:
    text = (project / "skiptrace.toml").read_text()
    start, end = text.index('[[source]]\nname = "calls"'), text.index("[[export]]")
    (project / "skiptrace.toml").write_text(text[:start] + text[end:])
    assert [one.source for one in policy.apply(project, TODAY, dry=True).sources] == ["calls"]


def test_a_clock_that_was_set_back_is_noticed_before_anything_goes(project: Path) -> None:
    before = files_below(project)
    with pytest.raises(ConfigError, match="wrong clock"):
        policy.apply(project, dt.date(2026, 6, 29))
    assert files_below(project) == before


def test_periods_name_their_source() -> None:
    assert policy.periods()["evidence"]["years"] == 3
    assert all("CFR" in one["citation"] for one in policy.periods().values())


def test_what_nobody_has_used_for_two_years_goes(project: Path) -> None:
    assert policy.apply(project, dt.date(2028, 6, 29), dry=True).readings == {}
    assert policy.apply(project, dt.date(2028, 6, 30), dry=True).readings == {"entities": 1, "index": 1, "deliveries": 2}


def test_results_of_exports_are_of_a_source_that_the_project_has(
    tmp_path: Path, own_settings: Path, private_session: None
) -> None:  # fmt: skip
    folder = make_replies(tmp_path / "project")
    calls(folder, "dialer_1.csv", ("c1", "2026-06-01 18:00:00", "2535551000", "Do Not Call", "A1"))
    run_project(folder, as_of=FIRST, exports=False)
    assert policy.apply(folder, FIRST, dry=True).sources == ()
