"""What SECURITY and the page on data protection name is there: files, commands with their options, make targets, links, headings."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.architecture.test_tree import ROOT, command_line, invocations, make_targets, unknown_words

PAGES = (".github/SECURITY.md", "docs/data-protection.md")
OURS = ("skiptrace/", "jobs/", "rules/", "docs/", "tests/", ".github/", "deploy/")
REFERENCES = ("a", "b", *(f"c)({number}" for number in range(1, 9)), "d", "e", "f", "g", "h", "i", "j")


def text_of(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def paths(text: str) -> list[str]:
    """Code spans that are files of the repository."""
    return [span for span in re.findall(r"`([^`\n]+)`", text) if span.startswith(OURS) and " " not in span]


@pytest.mark.parametrize("page", PAGES)
def test_every_file_that_a_page_names_is_there(page: str) -> None:
    found = paths(text_of(page))
    assert found
    assert [path for path in found if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("page", PAGES)
def test_every_command_that_a_page_names_is_there(page: str) -> None:
    group = command_line()
    found = invocations(text_of(page), "skiptrace")
    assert len(found) > 5
    assert [(words, bad) for words in found if (bad := unknown_words(words, group))] == []


@pytest.mark.parametrize("page", PAGES)
def test_every_make_target_that_a_page_names_is_there(page: str) -> None:
    targets = make_targets((ROOT / "Makefile").read_text(encoding="utf-8"))
    assert [words for words in invocations(text_of(page), "make") if words[0] not in targets] == []


def headings(text: str) -> set[str]:
    return {re.sub(r"[^\w\- ]", "", line.lower()).replace(" ", "-") for line in re.findall(r"^#+ (.+)$", text, re.MULTILINE)}


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_to_a_file_and_a_heading_of_it(page: str) -> None:
    for target, heading in re.findall(r"\]\(([^)#:]+)(?:#([^)]*))?\)", text_of(page)):
        file: Path = (ROOT / page).parent / target
        assert file.is_file(), target
        assert not heading or heading in headings(file.read_text(encoding="utf-8")), (target, heading)


def test_every_technical_requirement_has_a_row_with_evidence_or_says_whose_it_is() -> None:
    rows = re.findall(r"^\| (314\.\S+) \| ([^|]+) \|([^|]*)\| ([^|]+) \|$", text_of(".github/SECURITY.md"), re.MULTILINE)
    assert [row[0] for row in rows] == [*(f"314.4({name})" for name in REFERENCES), "314.6"]
    for reference, _, here, yours in rows:
        if reference.startswith("314.4(c)") and reference != "314.4(c)(5)":
            assert re.search(r"`[^`]+`", here), reference
        assert yours.strip(), reference


def test_every_row_of_the_threat_model_shows_its_defence_and_says_what_remains() -> None:
    part = text_of(".github/SECURITY.md").split("## Who might do what", 1)[1].split("\n## ", 1)[0]
    rows = re.findall(r"^\| (?!Who \||---)([^|]+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", part, re.MULTILINE)
    assert len(rows) >= 7
    for who, _, done, remains in rows:
        assert re.search(r"`(make |skiptrace |jobs/|skiptrace/|tests/)", done), who
        assert len(remains.split()) >= 4, who
