"""Every exception from a rule about security says why, on the line where it is made."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted(path for folder in ("skiptrace", "jobs", "deploy", "tests") for path in (ROOT / folder).rglob("*.py"))
MARK = re.compile(r"#\s*(?:noqa:[^#]*?\bS\d{3}|nosec\b)")
CODES = re.compile(r"#\s*(?:noqa:|nosec\b)(?:[\s,]*\b[A-Z]{1,4}\d{3}\b)*")


def argument(line: str) -> str:
    """What a line says beside the marks of its exceptions."""
    return CODES.sub("", line[MARK.search(line).start() :]).strip(" -#")  # type: ignore[union-attr]


def excepted() -> list[tuple[str, str]]:
    found = []
    for path in SOURCES:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if ("noqa" in line or "nosec" in line) and path != Path(__file__).resolve() and MARK.search(line):
                found.append((f"{path.relative_to(ROOT)}:{number}", argument(line)))
    return found


def test_every_exception_in_the_code_is_argued_beside_it() -> None:
    found = excepted()
    assert len(found) > 20
    assert [place for place, why in found if len(why.split()) < 2] == []


def test_bandit_is_never_silenced_without_a_code() -> None:
    lines = [line for path in SOURCES if path != Path(__file__).resolve() for line in path.read_text(encoding="utf-8").splitlines()]
    assert [line for line in lines if re.search(r"#\s*nosec(?! B\d{3})", line)] == []
    assert [line for line in lines if re.search(r"#\s*(ruff: noqa|noqa(?!:))", line) and "noqa`" not in line] == []


def test_every_exception_in_the_settings_is_argued_beside_it() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    sections = re.findall(r"^ignore = \[\n(.*?)^\]|^skips = \[\n(.*?)^\]|per-file-ignores\]\n(.*?)(?=^# -)", text, re.MULTILINE | re.DOTALL)
    lines = [line for parts in sections for line in "".join(parts).splitlines() if re.search(r'"[SB]\d{3}"', line)]
    assert len(lines) >= 9
    assert [line for line in lines if "#" not in line] == []


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("a = 1  # noqa: S101 - it was just read", "it was just read"),
        ("a = 1  # noqa: S603 # nosec B603 B607 # a fixed command", "a fixed command"),
        ("a = 1  # noqa: S101, PT018", ""), ("a = 1  # nosec B603", ""),
    ],
)  # fmt: skip
def test_arguments_are_told_from_marks(line: str, why: str) -> None:
    assert argument(line) == why
