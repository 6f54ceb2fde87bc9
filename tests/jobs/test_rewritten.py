from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pytest

from jobs import rewritten
from jobs.rewritten import People
from jobs.verified import verify
from skiptrace.errors import DataRefused
from skiptrace.intake import tombstones
from skiptrace.results import latest
from skiptrace.store.commit import put_bytes
from tests.intake.test_tombstones import KEY
from tests.jobs.projects import files_below
from tests.jobs.published import publish


def people(*accounts: str, records: tuple[tuple[str, str], ...] = (), consumers: tuple[str, ...] = ()) -> People:
    return People(tombstones.together([tombstones.content(KEY, accounts, [], [], records, consumers)]), KEY)


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run made by hand (`tests.jobs.published`), with an export."""
    folder = publish(tmp_path / "project")
    export = folder / "exports" / "plain"
    export.mkdir(parents=True)
    (export / "plain.csv").write_text("0001\n")
    (export / "plain.manifest.json").write_text(json.dumps({"files": [{"file": "plain.csv", "rows": 1, "bytes": 5, "sha256": "x"}]}))
    return folder


def test_an_account_goes_from_every_table_and_what_was_exported_is_noted_by_hash(run: Path) -> None:
    went = rewritten.rewrite(run, people("0001"))
    assert went == {"accounts": 1, "channels": 4, "contact_points": 3, "decisions": 4, "links": 2}
    found = latest(run.parent.parent)
    assert all("0001" not in str(found.table(name).to_pylist()) for name in found.names)
    assert verify(found).problems == ()
    (note,) = found.ledger["rewritten"]
    assert note["exports"] == [{"export": "plain", "files": [{"file": "plain.csv", "rows": 1, "bytes": 5, "sha256": "x"}]}]
    assert not (run / "exports").exists()
    assert "QUENBY" not in (run / "report.html").read_text()


def test_of_others_only_what_a_forgotten_record_alone_showed_goes_with_its_uses(run: Path) -> None:
    went = rewritten.rewrite(run, people("none", records=(("header", "header-1"),)))
    found = latest(run.parent.parent)
    assert went["contact_points"] == 6  # of both accounts that the record showed something of
    assert went["links"] == 1
    assert found.rows("decisions") == 0
    assert found.rows("accounts") == 5
    assert "header-1" not in str(found.table("contact_points").to_pylist())


def test_a_record_that_bridged_to_another_is_not_named_any_more(run: Path) -> None:
    rewritten.rewrite(run, people("none", records=(("voter", "header-4"),)))
    links = latest(run.parent.parent).table("links")
    assert set(links["via"].to_pylist()) == {None}
    assert links.num_rows == 6


def test_nobody_in_it_leaves_every_byte(run: Path) -> None:
    rewritten.render_report(run)
    before = files_below(run)
    assert rewritten.rewrite(run, people("0009")) == {}
    assert files_below(run) == before


def test_what_a_killed_attempt_left_among_the_tables_goes(run: Path) -> None:
    put_bytes(run / "links" / "part-00000-left.parquet", b"left")
    rewritten.rewrite(run, people("0001"))
    assert not (run / "links" / "part-00000-left.parquet").exists()


def test_a_damaged_table_is_refused_and_the_manifest_stays(run: Path) -> None:
    before = (run / "run.json").read_bytes()
    next((run / "accounts").iterdir()).write_bytes(b"torn")
    with pytest.raises(DataRefused):
        rewritten.rewrite(run, people("0001"))
    assert (run / "run.json").read_bytes() == before
    assert (run / "exports").exists()


def test_a_run_of_which_only_evidence_is_kept_stays_so(run: Path) -> None:
    (run / "thinned.json").write_text('{"tables": ["accounts", "channels", "links", "rejects", "alerts"]}')
    went = rewritten.rewrite(run, people("0001"))
    assert set(went) == {"contact_points", "decisions"}
    assert latest(run.parent.parent).thinned
    assert not (run / "report.html").exists()


def test_tables_of_consumers_lose_those_who_were_nobody_else() -> None:
    table = pa.table({"kind": ["merged", "moved"], "consumer_id": ["c-1", "c-2"], "other_id": ["c-3", None]})
    assert people("0001", consumers=("c-3",)).others(table)["consumer_id"].to_pylist() == ["c-2"]
