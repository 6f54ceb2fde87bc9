from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from skiptrace.check import rules as checked
from skiptrace.check.rules import CaseResult, RuleReport
from skiptrace.errors import ConfigError, Problem
from skiptrace.plugins import rules_root
from skiptrace.rulebook import loading
from tests.jobs.cli.conftest import Call

BOOK = loading.load()


def test_the_shipped_rules_pass_all_their_cases(call: Call) -> None:
    said = call("rules", "test")
    assert said.code == 0
    assert f"{len(BOOK.rules)} rules" in said.out
    told = call("--json", "rules", "test").json
    assert told["cases"] == sum(len(rule.cases) for rule in BOOK.rules)


def test_a_folder_of_rules_is_tested_as_the_shipped_one_is(call: Call, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    shutil.copytree(rules_root() / "compliance", folder)
    assert call("--json", "rules", "test", str(folder)).json["rulebook"] == BOOK.hash
    folder = folder.rename(tmp_path / "changed")
    for name in ("federal/regf_atty.toml", "federal/regf_cease.toml"):
        (folder / name).write_text((folder / name).read_text().replace("citation", "cittation"))
    said = call("rules", "test", str(folder))
    assert (said.code, said.out) == (2, "")
    assert ("regf_atty" in said.err, "regf_cease" in said.err) == (True, True)
    assert call("rules", "test", str(tmp_path / "nothing")).code == 2


def test_a_case_that_fails_ends_with_2_and_its_name(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    failed = CaseResult("REGF-ATTY", "federal/regf_atty.toml", "reported", "stop", "none")
    monkeypatch.setattr(checked, "test_rules", lambda book: RuleReport("h", 1, (failed,)))
    said = call("rules", "test")
    assert (said.code, said.out) == (2, "")
    assert (
        'rules/compliance/federal/regf_atty.toml: case "reported" of REGF-ATTY: expects stop, the engine finds none'
        in said.err
    )


def test_a_rule_file_that_is_badly_written_ends_with_2(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(book: object) -> RuleReport:
        raise ConfigError(
            "the contact rules have 1 problem(s)", (Problem("federal/x.toml", "when", "is no condition"),)
        )

    monkeypatch.setattr(checked, "test_rules", broken)
    said = call("rules", "test")
    assert said.code == 2
    assert "federal/x.toml: when: is no condition" in said.err


def test_rules_are_listed(call: Call) -> None:
    lines = call("rules", "list").out.splitlines()
    assert [line.split()[0] for line in lines[1:]] == [rule.id for rule in BOOK.rules]
    rows = call("--json", "rules", "list", "--as-of", "1999-01-01").json["rules"]
    assert rows == []


def test_a_rule_is_shown_with_its_source_and_cases(call: Call) -> None:
    rule = BOOK.rule("REGF-ATTY")
    assert rule is not None
    said = call("rules", "show", "regf-atty")
    assert said.code == 0
    for text in (
        rule.sentence,
        rule.when,
        rule.citations[0],
        rule.path,
        rule.cases[0].name,
        BOOK.steps["account_flags_review"].sentence,
    ):
        assert text in said.out
    assert call("--json", "rules", "show", "REGF-ATTY").json["cases"][0]["expect"] == rule.cases[0].expect


def test_an_unknown_rule_is_refused_with_a_suggestion(call: Call) -> None:
    said = call("rules", "show", "REGF-ATY")
    assert said.code == 2
    assert 'did you mean "REGF-ATTY"' in said.err
