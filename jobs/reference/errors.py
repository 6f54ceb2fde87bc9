"""The reference of error messages, from the source: what is told with which exit code, and how it is mended."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from jobs.reference.commands import codes
from jobs.reference.raised import Finding, findings, headings
from jobs.reference.reading import OPEN

BUGS = (1,)
"""Exit codes of what nobody but we can mend."""


def page() -> str:
    """The page: messages by exit code, each with its place and mend."""
    lines = [
        "# Error messages", "",
        "A message has a line for what failed and one for each finding: `file: place: what is wrong — how to mend it`, or says all of it",
        f"in one line. With `--json` they are `message` and `problems` of one object. {OPEN} stands for what differs: a file, a number,",
        "a name. No message holds a value of a person. What only a bug can bring about (exit code 1) is not listed: please report it.", "",
    ]  # fmt: skip
    told = [one for one in findings() if one.codes != BUGS and one.what.strip(f" :{OPEN}")]
    for which in sorted({one.codes for one in told}, key=lambda numbers: (not numbers, numbers)):
        lines += [f"## {_title(which)}", "", *_sentences(which), *_above(which)]
        lines += ["| place | what is wrong | how to mend it |", "|---|---|---|"]
        lines += [*_rows(one for one in told if one.codes == which), ""]
    return "\n".join(lines)


def _title(which: tuple[int, ...]) -> str:
    return f"Exit code {' or '.join(map(str, which))}" if which else "Told by the command that finds it"


def _sentences(which: tuple[int, ...]) -> Iterable[str]:
    return [*(f"{number}: {codes()[number]}" for number in which), ""] if which else []


def _above(which: tuple[int, ...]) -> Iterable[str]:
    told = headings().get(which[0], ()) if len(which) == 1 else ()
    return [f"Told above findings: {'; '.join(map(_cell, told))}.", ""] if told else []


def _rows(told: Iterable[Finding]) -> Iterator[str]:
    """A row for each finding; what has several mends has them in one."""
    rows = dict[tuple[str, str], list[str]]()
    for one in told:
        place = ": ".join(part for part in (one.file, one.place) if part not in ("", OPEN)) or OPEN
        rows.setdefault((place, one.what), []).append(one.mend)
    for (place, what), mends in rows.items():
        known = list(dict.fromkeys(mend for mend in mends if mend.strip(f" {OPEN}"))) or [OPEN]
        yield "| " + " | ".join(map(_cell, (place, what, "; or: ".join(known)))) + " |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")
