from __future__ import annotations

from pathlib import Path

import pytest

from tests.jobs.cli.conftest import Call
from tests.jobs.cli.nights import Night


def test_sources_are_listed_with_and_without_a_run(call: Call, night: Night) -> None:
    said = call("--project", str(night.project), "sources", "list")
    assert said.code == 0, said.err
    assert [line.split()[0] for line in said.out.splitlines()] == ["source", "header", "calls", "dnc"]
    told = call("--json", "--project", str(night.project), "sources", "list").json
    assert (told["run_id"], told["sources"][0]["rows"]) == (night.run.run_id, 8)
    (night.project / "runs" / "latest").unlink()
    told = call("--json", "--project", str(night.project), "sources", "list").json
    assert (told["run_id"], told["sources"][0]["rows"]) == (None, None)


def test_what_sources_are_worth_is_told_and_few_accounts_are_not(call: Call, night: Night) -> None:
    said = call("--project", str(night.project), "sources", "value")
    assert said.code == 0, said.err
    assert "before the contact rules" in said.out
    assert "header" in said.out
    (one,) = call("--json", "--project", str(night.project), "sources", "value").json["sources"]
    assert (one["name"], one["accounts"], one["fair"]) == ("header", None, None)  # the project has twelve accounts
    assert call("--project", str(night.project), "sources", "value", "--contact-value", "12.50").code == 0


@pytest.mark.parametrize("amount", ["much", "0", "-3", "NaN"])
def test_a_contact_is_worth_an_amount(call: Call, project: Path, amount: str) -> None:
    said = call("--project", str(project), "sources", "value", "--contact-value", amount)
    assert (said.code, "takes an amount above 0" in said.err) == (2, True)
