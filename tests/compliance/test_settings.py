"""Settings and attested steps."""

from __future__ import annotations

import datetime as dt

import pyarrow as pa
import pytest

from skiptrace.compliance.settings import attested, setting_facts, setting_problems, settle
from skiptrace.errors import ConfigError
from skiptrace.project import Project
from skiptrace.rulebook.loading import load
from tests.compliance import tables as t

BOOK = load()


def test_a_missing_key_is_not_known() -> None:
    facts = setting_facts({})
    assert facts.pop("policies") == ["revoke_all"]
    assert facts.pop("planned_channels") == ["email", "mail", "portal", "sms", "voice"]
    assert set(facts.values()) == {None}
    assert setting_facts({"channels": ("voice", "mail")})["planned_channels"] == ["mail", "voice"]
    assert setting_facts({"policies": ()})["policies"] == []
    assert setting_facts({"licensed_states": ("WA", "OR", "WA")})["licensed_states"] == ["OR", "WA"]


def test_attestations_count_when_they_are_known_and_fresh() -> None:
    rows = [
        {"step": "bankruptcy_scrub", "date": t.AS_OF - dt.timedelta(days=400)},
        {"step": "bankruptcy_scrub", "date": t.AS_OF},
        {"step": "deceased_scrub", "date": t.AS_OF + dt.timedelta(days=1)},
        {"step": "call_history", "date": t.AS_OF - dt.timedelta(days=8)},
    ]
    assert attested(BOOK, {"attest": rows}, t.AS_OF) == {"bankruptcy_scrub": t.AS_OF}
    rows[-1]["date"] = t.AS_OF - dt.timedelta(days=7)
    assert "call_history" in attested(BOOK, {"attest": rows}, t.AS_OF)


def test_an_unknown_step_is_refused_with_a_suggestion() -> None:
    with pytest.raises(ConfigError, match="bankruptcy_scrub"):
        attested(BOOK, {"attest": [{"step": "bankrupcy_scrub", "date": t.AS_OF}]}, t.AS_OF)


def test_a_step_settles_what_nobody_reported_and_nothing_else() -> None:
    table = pa.table(
        {
            "bankruptcy_reported": pa.array([True, False, None]),
            "cease_written": pa.array([None, None, None], pa.bool_()),
        }
    )
    out = settle(table, BOOK, {"bankruptcy_scrub": t.AS_OF})
    assert out.column("bankruptcy_reported").to_pylist() == [True, False, False]
    assert out.column("cease_written").to_pylist() == [None, None, None]


def test_states_and_steps_that_are_none_are_all_named_at_once() -> None:
    source = {"name": "s", "kind": "utility", "path": "s.csv", "purposes": ("other",), "columns": {"record_id": ("id",)}}
    attest = ({"step": "litigator_scrub", "date": t.AS_OF, "by": "x"}, {"step": "litigater_scrub", "date": t.AS_OF, "by": "x"})
    given = {
        "version": 1, "project": {"name": "x", "purposes": ("other",)}, "portfolio": {"path": "p.csv", "columns": {"account_id": ("id",)}},
        "source": ({**source, "states": ("WA",)}, {**source, "name": "t", "except_states": ("AE", "CX")}),
        "compliance": {"licensed_states": ("WA", "ZZ"), "creditor_states": ("DE", "ON"), "attest": attest},
    }  # fmt: skip
    found = setting_problems(BOOK, Project.model_validate(given))
    assert [(one.place, one.what) for one in found] == [
        ("compliance.licensed_states[2]", "'ZZ' is no state"),
        ("source[2].except_states[2]", "'CX' is no state"),
        ("compliance.attest[2].step", "'litigater_scrub' is not a step"),
    ]
    assert "litigator_scrub" in found[-1].mend
