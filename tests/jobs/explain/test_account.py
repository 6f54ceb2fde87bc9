from __future__ import annotations

import json
import math
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from jobs import decided
from jobs.explain import Explanation, explain
from skiptrace.errors import ConfigError, DataRefused
from skiptrace.ids import point_id
from skiptrace.results import Run, latest
from skiptrace.rulebook import loading
from tests.jobs.published import EMAIL, PERSONAL, PHONE, publish


@pytest.fixture(scope="module")
def run(project: Path) -> Run:
    return latest(project)


def of(run: Run, project: Path, account: str) -> Explanation:
    return explain(run, account, project)


def test_a_linked_account_is_explained_from_record_to_channel(run: Run, project: Path) -> None:
    told = of(run, project, "0001")
    assert (told.locate_status, told.run_id, told.as_of) == ("moved", run.run_id, "2026-06-30")
    assert [record.record_id for record in told.linked] == ["header-1"]
    assert [record.record_id for record in told.considered] == ["voter-1"]
    assert told.nobody == ()
    assert [(point.kind, [use.channel for use in point.uses]) for point in told.points] == [
        ("address", ["mail"]),
        ("phone", ["voice", "sms"]),
        ("email", ["email"]),
    ]
    assert any("Begin with voice" in step for step in told.next_steps)


def test_bars_sum_to_the_weight_and_points_to_the_log_odds(run: Run, project: Path) -> None:
    told = of(run, project, "0001")
    for record in (*told.linked, *told.considered):
        assert record.prior + sum(bar.bits for bar in record.bars) == pytest.approx(record.match_weight, abs=1e-9)
    for use in [use for point in told.points for use in point.uses]:
        assert use.log_odds == sum(reason.points for reason in use.reasons)
        assert 1 / (1 + math.exp(-use.log_odds)) == pytest.approx(use.p_reach)


def test_no_personal_value_is_in_a_masked_explanation(run: Run, project: Path) -> None:
    for account in ("0001", "0002", "0003", "0004", "0005"):
        text = repr(of(run, project, account))
        assert [value for value in PERSONAL if value in text] == []


def test_unmasked_values_are_there_when_asked_for(run: Run, project: Path) -> None:
    told = explain(run, "0001", project, show_pii=True)
    assert told.name == "JOCASTA QUENBY"
    assert {PHONE, EMAIL} <= {point.value for point in told.points}
    assert not told.masked
    dead = explain(run, "0004", project, show_pii=True).death
    assert dead is not None
    assert dead.date == "2024-02-29"


def test_an_account_with_a_refused_candidate_says_why_and_what_would_help(run: Run, project: Path) -> None:
    told = of(run, project, "0002")
    text = " ".join(told.nobody)
    assert told.linked == ()
    assert "record header-2 of header" in text
    assert "same household" in text
    assert "The birth dates differ (-5.5 bits)" in text
    assert "What would help" in text
    assert told.nobody[-1] in told.next_steps


def test_an_account_that_met_no_record_says_what_makes_records_meet(run: Run, project: Path) -> None:
    told = of(run, project, "0003")
    text = " ".join(told.nobody)
    assert told.considered == ()
    assert "no reference record agrees" in text
    assert "social security number" in text
    assert "brings no usable address, phone or e-mail address" in text
    assert told.notes == ("The run holds no contact point of this account.",)


def test_a_deceased_account_names_year_and_hold(run: Run, project: Path) -> None:
    told = of(run, project, "0004")
    assert told.death is not None
    assert told.death.date == "2024"
    assert [hold.rule for hold in told.holds] == ["DEC-STOP"]
    assert "Confirm or clear the reported death" in told.next_steps[0]


def test_a_stopped_account_names_the_rule_with_its_source(run: Run, project: Path) -> None:
    told = of(run, project, "0005")
    (hold,) = told.holds
    assert (hold.rule, hold.citation) == ("REGF-ATTY", "12 CFR 1006.6(b)(2)")
    assert "attorney" in hold.sentence
    assert "If the hold is wrong" in told.next_steps[0]


def test_uses_that_wait_for_steps_alone_are_told_with_the_step(run: Run, project: Path) -> None:
    steps = of(run, project, "0001").next_steps
    assert any(step.startswith("One use waits for steps alone") for step in steps)
    assert any(step.startswith("rnd_query: ") for step in steps)
    assert not any(step.startswith("consent_review: ") for step in steps)  # a use that another rule stops anyway


def test_one_point_and_one_channel_can_be_chosen(run: Run, project: Path) -> None:
    told = explain(run, "0001", project, point_text="(509) 555-0123", channel="sms")
    assert [(point.point_id, [use.channel for use in point.uses]) for point in told.points] == [
        (point_id("phone", PHONE), ["sms"])
    ]
    assert [point.kind for point in explain(run, "0001", project, channel="mail").points] == ["address"]


def test_an_unknown_account_is_refused_with_a_hint_and_without_its_id(run: Run, project: Path) -> None:
    with pytest.raises(ConfigError) as error:
        of(run, project, "0001000")
    assert error.value.exit_code == 2
    assert "leading zeros" in str(error.value)
    assert "2 rows of the portfolio were rejected" in str(error.value)
    assert "0001000" not in str(error.value)


def test_rules_that_changed_since_the_run_are_noted(tmp_path: Path) -> None:
    folder = tmp_path / "project"
    publish(folder)
    found = latest(folder)
    assert of(found, folder, "0001").notes == ()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(decided, "load", lambda: replace(loading.load(), hash="another"))
        told = of(found, folder, "0001")
    assert "changed since this run" in told.notes[0]
    assert f"rules diff {found.run_id} shipped" in told.notes[0]


def test_sentences_are_those_of_the_rules_that_decided(tmp_path: Path) -> None:
    folder = tmp_path / "project"
    file = publish(folder) / "rulebook.json"
    kept = json.loads(file.read_text())
    text = kept["files"]["federal/regf_atty.toml"]
    sentence = tomllib.loads(text)["sentence"]
    kept["files"]["federal/regf_atty.toml"] = text.replace(sentence, "What was said that night.")
    file.write_text(json.dumps(kept))
    told = of(latest(folder), folder, "0005")
    assert [one.sentence for one in told.holds] == ["What was said that night."]
    assert "changed since this run" in told.notes[0]
    file.unlink()
    with pytest.raises(DataRefused, match="rules of this run"):
        of(latest(folder), folder, "0005")
