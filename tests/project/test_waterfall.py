from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from skiptrace.errors import ConfigError
from skiptrace.project import load
from tests.project.test_form import HEAD


def test_what_may_be_spent_is_set_and_changes_no_run(tmp_path: Path) -> None:
    file = tmp_path / "skiptrace.toml"
    file.write_text(HEAD)
    plain = load(tmp_path, {})
    assert plain.waterfall is None
    file.write_text(HEAD + "[waterfall]\nbudget = 500.0\nbegins = 2026-06-01\nrecovery = 0.02\nceiling = 3.0\n")
    project = load(tmp_path, {})
    section = project.waterfall
    assert section is not None
    assert (section.budget, section.begins, section.recovery, section.ceiling) == (500.0, dt.date(2026, 6, 1), 0.02, 3.0)
    assert project.content() == plain.content()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("budget = 5.0", "does not say what a contact is worth"),
        ("budget = 5.0\ncontact_value = 9.0\nrecovery = 0.02", "says in two ways what a contact is worth"),
        ("contact_value = 9.0", "budget"), ("budget = -1.0\ncontact_value = 9.0", "must be at least 0"),
        ("budget = 5.0\ncontact_value = 9.0\nheld_out = 0.1", "without an order that they go through"),
        ("budget = 5.0\ncontact_value = 9.0\nbudgets = 1", 'did you mean "budget"'),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_told(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "skiptrace.toml").write_text(HEAD + f"[waterfall]\n{text}\n")
    with pytest.raises(ConfigError, match=said):
        load(tmp_path, {})


def test_a_budget_of_nought_is_one(tmp_path: Path) -> None:
    (tmp_path / "skiptrace.toml").write_text(HEAD + "[waterfall]\nbudget = 0.0\ncontact_value = 9.0\n")
    section = load(tmp_path, {}).waterfall
    assert section is not None
    assert section.budget == 0
