"""Placements: an account is in the exports of one holder, whoever placed it, and comes back by recall."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from jobs import exports, placed
from jobs.explain.account import explain
from jobs.feedback import load_project
from skiptrace.errors import ConfigError, DataRefused
from skiptrace.results import latest
from tests.jobs.projects import change, copy_of, run_project
from tests.jobs.replies import FIRST, PLACEMENTS, make_replies, write
from tests.jobs.test_feedback import exported, told

NOW = dt.datetime(2026, 6, 3, 9, tzinfo=dt.UTC)
HEAD = ("account", "holder", "since", "until")
RESULT = ("event_id", "account_id", "channel", "value", "outcome", "occurred_at")


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory, own_settings: Path, private_session: None) -> Path:
    """The project after its first night: a law firm holds B1 by a delivery, an agency takes what is owed above 440. Copy it."""
    folder = make_replies(tmp_path_factory.mktemp("placed") / "project", {"dialer": "five9", "acme": "agency_placement"}, PLACEMENTS)
    change(folder, 'profile = "agency_placement"\n', 'profile = "agency_placement"\nholder = "acme"\nplace = "balance > 440"\n')
    rows = [("B1", "Law Firm", "2026-05-20", ""), ("C1", "law firm", "2026-05-01", "2026-05-20"), ("Z9", "law firm", "2026-05-01", "")]
    write(folder / "placements.csv", HEAD, rows)
    run_project(folder, as_of=FIRST, nightly=True)
    return folder


@pytest.fixture(scope="module")
def second(first: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The second night, after the agency answered. Copy it before changing it."""
    folder = copy_of(first, tmp_path_factory.mktemp("second") / "project")
    rows = [("a1", "F1", "mail", "", "sent", "2026-06-01 18:00:00")]
    rows += [(event, account, "voice", "2535551185", "no answer", "2026-06-01 18:00:00") for event, account in (("a2", "F1"), ("a3", "Z1"))]
    write(folder / "results/acme.csv", RESULT, rows)
    run_project(folder, as_of=FIRST + dt.timedelta(1), nightly=True)
    return folder


def sent(folder: Path, name: str) -> set[str]:
    rows = exported(latest(folder), name)
    return {account for row in rows for account in row.get("account_ids", row["account_id"]).split("|")}


def why(folder: Path, name: str) -> dict[str, str]:
    text = (latest(folder).folder / "exports" / name / f"{name}.not-exported.csv").read_text()
    return dict(line.split(",") for line in text.split()[1:])


def test_every_account_is_in_the_exports_of_one_holder_from_the_first_night_on(first: Path) -> None:
    assert sent(first, "acme") == {"F1"}
    assert sent(first, "dialer") == {"A1", "A2", "C1", "C2", "D1", "E1"}
    assert why(first, "dialer") == {"B1": "POL-PLACED", "F1": "POL-PLACED"}
    assert why(first, "acme")["B1"] == "POL-PLACED"


def test_what_an_export_placed_stays_placed_and_the_ledger_says_so(second: Path) -> None:
    assert (sent(second, "acme"), "F1" in sent(second, "dialer")) == ({"F1"}, False)
    ledger = latest(second).ledger
    assert ledger["placements"]["placed"] == {"acme": 1, "law firm": 1}
    assert ledger["placements"]["of_unknown"] == 1
    assert ledger["inventory"]["portfolios"][0]["placed"] == 2
    assert 'placed with "acme" since 2026-06-01' in (explain(latest(second), "F1", second).placed or "")
    assert explain(latest(second), "A1", second).placed is None
    conditions = [row["conditions"] for row in latest(second).table("decisions").to_pylist() if row["account_id"] == "F1"]
    assert conditions
    assert all("POL-PLACED" in one for one in conditions)


def test_a_holder_may_use_any_channel_of_what_it_got(second: Path) -> None:
    assert told(latest(second), "acme")["attempts"] == 2
    assert told(latest(second), "acme")["rejected"] == {"never_exported": 1}


def test_a_recall_brings_an_account_back_for_good(second: Path, tmp_path: Path) -> None:
    folder = copy_of(second, tmp_path / "project")
    day, private = FIRST + dt.timedelta(2), folder.resolve() / ".skiptrace"
    with pytest.raises(ConfigError, match="not placed there"):
        placed.recall(private, latest(folder), "F1", "other", "Pat", "no result", day, NOW)
    placed.recall(private, latest(folder), "F1", "Acme", "Pat", "no result", day, NOW)
    exports.write_exports(latest(folder), load_project(folder, {}), FIRST + dt.timedelta(1))
    assert "F1" in sent(folder, "acme")  # the day has not come
    run_project(folder, as_of=day, nightly=True)
    assert "F1" not in sent(folder, "acme")  # although `place` takes it still
    assert "F1" in sent(folder, "dialer")
    write(folder / "placements.csv", HEAD, [("F1", "acme", "2026-06-04", "")])
    run_project(folder, as_of=FIRST + dt.timedelta(3), nightly=True)
    assert sent(folder, "acme") == {"F1"}
    assert "B1" not in sent(folder, "dialer")  # what was told holds when its file is gone


def test_a_placement_since_the_run_counts_when_an_export_is_written(second: Path, tmp_path: Path) -> None:
    folder = copy_of(second, tmp_path / "project")
    write(folder / "placements.csv", HEAD, [("E1", "law firm", "2026-06-02", "")])
    exports.write_exports(latest(folder), load_project(folder, {}), FIRST + dt.timedelta(1), ["dialer"])
    assert "E1" not in sent(folder, "dialer")


def test_an_account_recalled_since_the_run_leaves_with_nobody_until_the_next(second: Path, tmp_path: Path) -> None:
    folder = copy_of(second, tmp_path / "project")
    private, day = folder.resolve() / ".skiptrace", FIRST + dt.timedelta(1)
    placed.recall(private, latest(folder), "F1", "acme", "Pat", "no result", day, NOW)
    exports.write_exports(latest(folder), load_project(folder, {}), day)
    assert "F1" not in sent(folder, "acme") | sent(folder, "dialer")


def test_a_condition_that_is_none_is_told_with_its_place(first: Path, tmp_path: Path) -> None:
    folder = copy_of(first, tmp_path / "project")
    change(folder, 'place = "balance > 440"', 'place = "balanze > 440"')
    with pytest.raises(ConfigError, match=r"export\[2\].place"):
        exports.write_exports(latest(folder), load_project(folder, {}), FIRST)
    with pytest.raises(ConfigError, match=r"export\[2\].place"):  # and no run begins
        run_project(folder, as_of=FIRST + dt.timedelta(1))


def test_a_file_of_something_else_is_no_list_of_placements(first: Path, tmp_path: Path) -> None:
    folder = copy_of(first, tmp_path / "project")
    write(folder / "placements.csv", HEAD, [("B1", "", "", ""), ("C1", "", "", "")])
    with pytest.raises(DataRefused, match=r"placed_with_missing 2.*account, holder and days"):
        run_project(folder, as_of=FIRST + dt.timedelta(1))
