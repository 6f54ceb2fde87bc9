"""Names: rows a second on columns that repeat their values, and accuracy on labelled names beside two libraries.

    DATA=/path/to/data python -m tests.bench.normalize_names

Rates are of CPU time, medians of several runs, loops compiled before. The labelled names (DATA) tell people from
organisations, and of people which word is the given name and which the surname. Both libraries read the same texts in the
same run: probablepeople was trained on names like these, nameparser knows people only.
"""

from __future__ import annotations

import os
import random
import statistics
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from skiptrace.normalize.folding import fold
from skiptrace.normalize.name_columns import read_columns
from skiptrace.normalize.name_parser import parse_full
from skiptrace.normalize.names import NAME_FIELDS, normalize_names
from skiptrace.normalize.words import read_rows
from tests.bench.report import Figure, print_bench

_HEADS = ("An", "Bar", "Cal", "Dor", "El", "Fitz", "Gar", "Hol", "Mac", "Nor", "O'", "Pat", "San", "Thom", "Vel", "Wil", "Yar", "Zim")
_TAILS = ("bert", "brook", "den", "dez", "er", "field", "ford", "ham", "i", "ing", "kins", "lopez", "man", "more", "o", "quist", "s", "son")
_FORMS = (
    "{g} {s}", "{g} {m} {s}", "{s}, {g}", "{s}, {g} {m}", "{s} JR, {g}", "{g} {m}. {s} III", "{g} {s} Jr", "Dr. {g} {s}",
    "{g} {s}-{t}", "{g} DE LA {s}",
    "ESTATE OF {g} {s}", "{s} & {t} LLC", "{g} {s} AND {h} {s}", "UNKNOWN", "{g} ({h}) {s}", "{g} O'{s}", "{s},{g}{m}", "{g}\u200b {s}",
)  # fmt: skip
"""How a column of full names is written; the first four make 95 in 100."""


def values(count: int, seed: int) -> list[str]:
    """Distinct full names."""
    draw = random.Random(seed)
    given = sorted({row["name"] for row in read_rows("demo_names") if row.get("kind", "first") != "last"})
    found: dict[str, None] = {}
    while len(found) < count:
        family = draw.choice(_HEADS) + draw.choice(("", "a", "e", "in", "or", "ley", "ster")) + draw.choice(_TAILS)
        other = draw.choice(_HEADS) + draw.choice(_TAILS)
        form = draw.choice(_FORMS[:4] if draw.random() < 0.95 else _FORMS)
        text = form.format(g=draw.choice(given), h=draw.choice(given), s=family, t=other, m=draw.choice("ABCDEFGHJKLMRSTW"))
        found[text.upper() if draw.random() < 0.5 else text] = None
    return list(found)


def _seconds(work: Callable[[], object]) -> float:
    before = time.process_time()
    work()
    return time.process_time() - before


def rates(rows: int = 1_000_000, count: int = 60_000, rounds: int = 7) -> list[Figure]:
    """Rows a second of a column of full names and of columns of parts, and of the parser alone on each value."""
    draw = random.Random(1)
    texts = values(count, seed=2)
    full = pa.chunked_array([pa.array(texts).take(pa.array(draw.choices(range(count), k=rows)))])
    words = [parse_full(text) for text in texts]
    spread = draw.choices(range(count), k=rows)
    first, last = (pa.chunked_array([pa.array([getattr(w, part) for w in words]).take(pa.array(spread))]) for part in ("first", "last"))
    columns: dict[str, list[pa.ChunkedArray | None]] = {"full": [None] * 4 + [full], "parts": [first, None, last, None, None]}
    figures = []
    for name, given in columns.items():
        work = partial(normalize_names, *given)
        work()
        taken = statistics.median(_seconds(work) for _ in range(rounds))
        target = 8 if name == "full" else None
        figures.append(Figure(f"{name}_rate", round(rows / taken / 1e6, 2), f"M rows/s of {rows:,} rows, {count:,} values", target))
    alone = _seconds(lambda: [parse_full(text) for text in texts])
    figures.append(Figure("single_rate", round(count / alone), "names/s, parsed one by one"))
    wrong = _different(texts)
    figures.append(Figure("differences", wrong, f"of {count:,} values between columns and single names", 0, at_most=True))
    return figures


def _different(texts: Sequence[str]) -> int:
    column = pa.chunked_array([pa.array(texts)])
    read = read_columns([None, None, None, None, column], NAME_FIELDS).to_pylist()
    return sum(tuple(row.values()) != (*one[:5], list(one.flags)) for row, one in zip(read, map(parse_full, texts), strict=True))


class Labelled(NamedTuple):
    """What people say a text is. given, family: the words, where it names one person."""

    text: str
    organisation: bool
    given: str | None
    family: str | None


def _words(tokens: Sequence[str]) -> str | None:
    text = " ".join(fold(" ".join(tokens)).text.replace(".", "").replace(",", " ").replace("'", "").split())
    return text or None


def labelled(path: Path) -> list[Labelled]:
    """The labelled texts that name one person or one organisation. A text whose label is a single word says whether it is
    a surname, which nobody can know of a word alone: those count for the kind only."""
    found = []
    for row in pq.read_table(path).to_pylist():
        labels = row["labels"]
        organisation = any(label.startswith("Corporation") for label in labels)
        if "And" in labels and not organisation:
            continue
        words = {
            label: _words([token for token, own in zip(row["tokens"], labels, strict=True) if own == label])
            for label in ("GivenName", "Surname")
        }
        whole = not organisation and all(words.values())
        given, family = (words["GivenName"], words["Surname"]) if whole else (None, None)
        found.append(Labelled(row["raw"], organisation, given, family))
    return found


_Answer = tuple[str, str | None, str | None]
"""Kind (person or organisation), given name, surname."""


def _ours(text: str) -> _Answer:
    name = parse_full(text)
    return name.kind, name.first, name.last


def _probablepeople(text: str) -> _Answer:
    import probablepeople

    try:
        found, kind = probablepeople.tag(text)
    except probablepeople.RepeatedLabelError:
        return "unknown", None, None
    return ("organisation" if kind == "Corporation" else "person"), _words([found.get("GivenName", "")]), _words([found.get("Surname", "")])


def _nameparser(text: str) -> _Answer:
    from nameparser import HumanName

    name: Any = HumanName(text)
    return "person", _words([name.first]), _words([name.last])


def accuracy(environ: Mapping[str, str]) -> list[Figure]:
    """Shares of labelled names read right by us and by each library."""
    path = Path(environ.get("DATA", "")) / "parsing" / "probablepeople_labelled.parquet"
    if not environ.get("DATA") or not path.is_file():
        return [Figure("accuracy", None, "share", reason="DATA is not set" if not environ.get("DATA") else "DATA holds no such file")]
    rows = labelled(path)
    named = [row for row in rows if row.given]
    figures = [Figure("labelled", len(rows), "texts"), Figure("labelled_people", len(named), "texts with given name and surname")]
    for who, read in (("ours", _ours), ("probablepeople", _probablepeople), ("nameparser", _nameparser)):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                answers = {row.text: read(row.text) for row in rows}
        except ImportError as error:
            figures.append(Figure(f"{who}.kind", None, "share", reason=f"{error.name} is not installed"))
            continue
        # "unknown" says that the text is no name; it counts as wrong for both kinds
        right = sum(answers[row.text][0] == ("organisation" if row.organisation else "person") for row in rows)
        parts = sum(answers[row.text] == ("person", row.given, row.family) for row in named)
        figures.append(Figure(f"{who}.person_or_organisation", round(right / len(rows), 4), "share of the labelled texts"))
        figures.append(Figure(f"{who}.given_and_surname", round(parts / len(named), 4), "share of the labelled people, both right"))
    return figures


def figures(environ: Mapping[str, str] = os.environ) -> list[Figure]:
    """Every figure, in the order of the table."""
    return [*rates(), *accuracy(environ)]


if __name__ == "__main__":
    print_bench("normalize_names", figures())
