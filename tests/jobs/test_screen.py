from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from jobs import screen
from jobs.runner import done
from jobs.setup import Setup
from jobs.tape import borrowers
from skiptrace.ids import point_id
from skiptrace.schema import CONSENTS, DECISIONS, SIGHTINGS
from skiptrace.schema.working import CONSIDERED
from skiptrace.store.tables import read_table
from tests.jobs.projects import PARTS, Finished
from tests.jobs.work import bare


def receipt(setup: Setup, step: str, number: int = 0) -> dict[str, Any]:
    found = done(setup.receipt(step, number))
    assert found is not None
    return found


def test_a_task_that_is_run_again_writes_the_same_files(finished: Finished) -> None:
    setup = finished.setup
    scored = receipt(setup, "score")
    again = screen.screen_partition(
        str(setup.work),
        0,
        points=scored["points"],
        channels=scored["channels"],
        links=receipt(setup, "link")["considered"],
        deaths=receipt(setup, "enrich")["deaths"],
        consumers=receipt(setup, "consumers")["consumers"],
    )
    assert again == bare(receipt(setup, "screen"))


def test_every_use_has_one_decision_and_every_account_its_holds(finished: Finished) -> None:
    for number in range(PARTS):
        told = receipt(finished.setup, "screen", number)
        decisions, holds = read_table(told["decisions"]), read_table(told["holds"])
        uses = read_table(receipt(finished.setup, "score", number)["channels"])
        names = ["account_id", "point_id", "channel"]
        assert sorted(map(str, decisions.select(names).to_pylist())) == sorted(map(str, uses.select(names).to_pylist()))
        assert decisions.column_names == list(DECISIONS.names)
        accounts = borrowers(finished.setup, number)[2]["account_id"].to_pylist()
        assert holds["account_id"].to_pylist() == sorted(accounts)


def test_suppressions_of_every_list_are_read(finished: Finished, monkeypatch: pytest.MonkeyPatch) -> None:
    found = screen.suppressions(finished.setup)
    assert found is not None
    assert found.num_rows == finished.outcome.ledger["counts"]["suppression"]["rows_out"]


def without(setup: Setup, kind: str) -> Any:
    """A stand-in for the setup, whose project has no source of this kind."""
    project = setup.project.model_copy(update={"source": tuple(s for s in setup.project.source if s.kind != kind)})

    class Stripped:
        pass

    stripped = Stripped()
    stripped.project = project  # type: ignore[attr-defined]
    return stripped


def test_no_list_is_not_an_empty_list(finished: Finished) -> None:
    assert screen.suppressions(without(finished.setup, "suppression")) is None


def test_nobody_asked_for_consent_is_not_no_consent(finished: Finished) -> None:
    nobody = CONSIDERED.empty()
    own = borrowers(finished.setup, 0)[0]
    assert screen.consents(without(finished.setup, "phone_file"), nobody, own) is None
    asked = screen.consents(finished.setup, nobody, own)
    assert asked is not None
    assert asked.num_rows == 0


def test_a_consent_holds_for_the_points_of_the_record_that_gave_it(finished: Finished, monkeypatch: pytest.MonkeyPatch) -> None:
    stated = [
        {"source": "contact", "identity": 1, "channel": "text", "state": "given"},
        {"source": "contact", "identity": 1, "channel": "email", "state": "revoked"},
        {"source": "contact", "identity": 2, "channel": "text", "state": "given"},
    ]
    seen = [
        {"source": "contact", "identity": 1, "kind": "phone", "value": "+12065550123"},
        {"source": "contact", "identity": 1, "kind": "email", "value": "pat@example.com"},
        {"source": "contact", "identity": 2, "kind": "phone", "value": "+12065550199"},
    ]
    tables = {
        CONSENTS.name: pa.Table.from_pylist(stated, schema=CONSENTS.arrow),
        SIGHTINGS.name: pa.Table.from_pylist(seen, schema=SIGHTINGS.arrow),
    }
    monkeypatch.setattr(screen, "read_tables", lambda refs, spec, columns=None: tables[spec.name])
    link = {"account_id": "A1", "source": "contact", "record_id": "C", "match_probability": 0.9, "relation": "same"}
    accepted = [{**link, "identity": 1, "status": "linked"}, {**link, "identity": 2, "status": "review"}]
    links = pa.Table.from_pylist(accepted, schema=CONSIDERED.arrow)
    found = screen.consents(finished.setup, links, borrowers(finished.setup, 0)[0].slice(0, 0))
    assert found is not None
    assert [(row["account_id"], row["channel"], row["state"], row["point_id"]) for row in found.to_pylist()] == [
        ("A1", "email", "revoked", point_id("email", "pat@example.com")),
        ("A1", "text", "given", point_id("phone", "+12065550123")),
    ]
