"""Every message says where and how to mend it: read from the source, so that the next one does too."""

from __future__ import annotations

import re

from jobs.reference.raised import KINDS, USAGE, Finding, findings, headings
from jobs.reference.reading import OPEN

BUGS = {"ContractError", "TaskFailed"}
"""Errors of ours: nobody can mend them but we."""


def ours() -> list[Finding]:
    return [one for one in findings() if not set(one.kinds) & BUGS]


def told(one: Finding) -> str:
    return f"{one.module}:{one.line}: {one.what}"


def passed_on(one: Finding) -> bool:
    """Whether the text is that of an error that was met: it is read where it was written."""
    return not one.what.strip(f" :{OPEN}")


def test_every_message_says_how_it_is_mended() -> None:
    assert [told(one) for one in ours() if not one.mend.strip() and not passed_on(one)] == []


def test_every_finding_says_where() -> None:
    assert [told(one) for one in ours() if not one.alone and not one.file.strip()] == []
    alone = [one for one in ours() if one.alone and USAGE not in one.kinds and not passed_on(one)]
    named = re.compile(rf"{OPEN}|--[a-z]|\b(run|noted|audit\.jsonl|token\.key|token_key|project|cluster|scheduler|workers?|interrupted)\b")
    assert [told(one) for one in alone if not named.search(one.what)] == []


def test_a_usage_error_names_the_option_or_word_that_is_meant() -> None:
    usage = [one for one in ours() if USAGE in one.kinds]
    assert len(usage) > 15
    assert [told(one) for one in usage if not re.search(r"--[a-z]|\b[A-Z]{2,}\b", one.what)] == []


def test_no_error_and_no_finding_is_missed() -> None:
    """Known ones are found with their code, place and mend, through helpers, parameters and loops."""
    found = {(one.codes, one.file, one.place, one.what, one.mend) for one in findings()}
    assert ((2,), "ACCOUNT", "", "is in no tape, run or ledger of this project", "write the number as the tape has it") in found
    assert ((2,), "run …", "ACCOUNT", "no account has that id", "ids are compared exactly, leading zeros and all") in found
    assert any(codes == (3,) and what == "rows that name no account of the portfolio: …" for codes, _, _, what, _ in found)
    assert any(codes == (75,) and mend.startswith("run the same command again") for codes, _, _, _, mend in found)
    told_alone = {kind for one in findings() for kind in one.kinds}
    assert told_alone >= set(KINDS) - {"SkiptraceError", "PermissionRefused"}  # this one gathers what rooms find
    assert "a source may not be used for the purposes of this run; nothing was read" in headings()[2]
    assert list(findings()) == sorted(findings())
