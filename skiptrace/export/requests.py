"""Layouts of request files: TOML files of `rules/requests/` that say how a vendor wants to be asked about people.

A column names a field of REQUEST_ROWS and can be nothing else: who somebody is, and the contact points that lead. There is no field for
what is owed, to whom, or since when, and no expression that could reach for it; so no layout tells a vendor of a debt.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.errors import ConfigError, Problem
from skiptrace.export.formats import csv
from skiptrace.plugins import rule_files
from skiptrace.schema.asked import REQUEST_ROWS

FOLDER: Final = "requests"
FIELDS: Final = REQUEST_ROWS.names
REFERENCE_CHARS: Final = 24
"""Characters of a reference."""
_TELLING: Final = re.compile(r"balance|owed|owing|amount|debt|creditor|charge|account|loan|collect|portfolio|ssn|social", re.IGNORECASE)
"""What no header may say: the file must not tell what the people in it have in common."""
_SUFFIXES: Final = {"csv": "csv", "fixed": "txt"}
_KEYS: Final = {"sentence": str, "format": str, "options": dict, "column": list}
_COLUMN: Final = {"name": str, "field": str, "sentence": str, "form": str, "width": int}
_NEWLINES: Final = {"crlf": "\r\n", "lf": "\n"}


@dataclass(frozen=True)
class RequestColumn:
    """A column of a request file: its header, the field, the form of a date, and its characters in a file of fixed width."""

    name: str
    field: str
    sentence: str = ""
    form: str | None = None
    width: int | None = None


@dataclass(frozen=True)
class Layout:
    """How a request file is written: csv or fixed width, the options of that format, and its columns in order."""

    name: str
    sentence: str
    format: str
    columns: tuple[RequestColumn, ...]
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def suffix(self) -> str:
        """How names of its files end."""
        return _SUFFIXES[self.format]

    def plain(self) -> dict[str, Any]:
        """As a JSON object, from which `from_plain` makes it again whatever became of its file."""
        return {**asdict(self), "columns": [asdict(one) for one in self.columns], "options": dict(self.options)}


def from_plain(plain: Mapping[str, Any]) -> Layout:
    """The layout of `Layout.plain`."""
    columns = tuple(RequestColumn(**one) for one in plain["columns"])
    return Layout(plain["name"], plain["sentence"], plain["format"], columns, plain["options"])


def load_layouts(files: Iterable[Path] | None = None) -> dict[str, Layout]:
    """Every layout of `rules/requests/`, or of the given TOML files, by name, sorted. Raises ConfigError with all problems of all files."""
    found, problems = dict[str, Layout](), list[Problem]()
    for file in sorted(rule_files(FOLDER) if files is None else files):
        try:
            content = tomllib.loads(file.read_text(encoding="utf-8"))
        except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            problems.append(Problem(file.name, "", f"is not TOML: {error}", "correct it there"))
            continue
        wrong = [Problem(file.name, key, what, mend) for key, what, mend in _problems(content)]
        problems += wrong
        if not wrong:
            found[file.stem] = _layout(file.stem, content)
    if problems:
        raise ConfigError("the layout of a request is wrong", tuple(sorted(problems)))
    return found


def load_layout(name: str, project_file: str = "skiptrace.toml", place: str = "order.layout") -> Layout:
    """One shipped layout. Raises ConfigError with a suggestion where there is none of that name, and with every problem of its file."""
    files = {file.stem: file for file in rule_files(FOLDER)}
    if name not in files:
        close = get_close_matches(name, sorted(files), n=1)
        mend = f'did you mean "{close[0]}"?' if close else f"there are {', '.join(sorted(files))}"
        raise ConfigError("no such layout of requests", (Problem(project_file, place, f'"{name}" is not in rules/requests', mend),))
    return load_layouts([files[name]])[name]


def write_request(rows: pa.Table, layout: Layout, path: Path) -> None:
    """Write REQUEST_ROWS as a file, in their order. Equal rows give equal bytes. What a cell of fixed width has no room for is cut off,
    and a letter that ASCII lacks becomes a question mark there."""
    cells = {column.name: _cells(rows[column.field], column) for column in layout.columns}
    if layout.format == "csv":
        writer = csv.Writer(path, list(cells), layout.options)
        writer.add(pa.table(cells))
        writer.close()
        return
    texts = [pc.utf8_rpad(pc.utf8_slice_codeunits(cells[one.name], 0, one.width), one.width, " ") for one in layout.columns]
    lines = pc.binary_join_element_wise(*texts, _NEWLINES[layout.options["newline"]], "").to_pylist()
    path.write_bytes("".join(lines).encode("ascii", "replace"))


def _cells(values: pa.ChunkedArray, column: RequestColumn) -> pa.Array:
    whole = values.combine_chunks()
    text = pc.strftime(whole.cast(pa.timestamp("s")), column.form) if column.form else whole
    return pc.fill_null(text, "")


def _layout(name: str, content: Mapping[str, Any]) -> Layout:
    options = content.get("options", {})
    given = {**csv.OPTIONS, **options} if content["format"] == "csv" else {"newline": "crlf", **options}
    return Layout(name, content["sentence"], content["format"], tuple(RequestColumn(**one) for one in content["column"]), given)


def _problems(content: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Key, what is wrong, the mend."""
    yield from _shape(content, _KEYS, "")
    columns, kind = content.get("column"), content.get("format")
    for key in ("sentence", "format", "column"):
        if not content.get(key):
            yield key, "is missing", "see the other layouts of this folder"
    if kind not in _SUFFIXES:
        yield "format", "is no format of requests", f"one of {', '.join(_SUFFIXES)}"
    options = content.get("options", {})
    if kind == "csv" and isinstance(options, dict):
        mend = f"there are {', '.join(csv.OPTIONS)}"
        yield from ((f"options.{key}", "is no option of csv", mend) for key in options if key not in csv.OPTIONS)
        known = {key: value for key, value in options.items() if key in csv.OPTIONS}
        yield from ((f"options.{key}", what, mend) for key, what, mend in csv.check({**csv.OPTIONS, **known}))
    elif kind == "fixed" and isinstance(options, dict) and options.get("newline", "crlf") not in _NEWLINES:
        yield "options.newline", "not a value of this option", "one of crlf, lf"
    if isinstance(columns, list):
        yield from _column_problems([one for one in columns if isinstance(one, dict)], kind)


def _column_problems(columns: list[dict[str, Any]], kind: object) -> Iterator[tuple[str, str, str]]:
    names = [one.get("name") for one in columns]
    for number, one in enumerate(columns, 1):
        at = f"column[{number}]"
        yield from _shape(one, _COLUMN, f"{at}.")
        name, what = one.get("name"), one.get("field")
        if not isinstance(name, str) or not name or names.count(name) > 1:
            yield f"{at}.name", "is missing or stands there twice", "give each column a name of its own"
        elif _TELLING.search(name):
            yield f"{at}.name", "tells of a debt, or asks for what no vendor is told", "choose a name that says nothing of it"
        if what not in FIELDS:
            close = get_close_matches(str(what), FIELDS, n=1)
            mend = f'did you mean "{close[0]}"?' if close else f"a request may hold {', '.join(FIELDS)} and nothing else"
            yield f"{at}.field", "is nothing that a request may hold", mend
        if ("form" in one) != (what == "dob"):
            yield f"{at}.form", "is for dob, and needed there", 'such as "%Y-%m-%d"'
        width = one.get("width")
        if (kind == "fixed") != (width is not None):
            yield f"{at}.width", "is for fixed width, and needed there", "the characters of the column"
        elif isinstance(width, int) and width < (REFERENCE_CHARS if what == "reference" else 1):
            yield f"{at}.width", "is too small", f"a reference has {REFERENCE_CHARS} characters"
    if [one.get("field") for one in columns].count("reference") != 1:
        yield "column", "must hold the reference, once", 'field = "reference": without it no answer can be told whose it is'


def _shape(content: Mapping[str, Any], known: Mapping[str, type], at: str) -> Iterator[tuple[str, str, str]]:
    for key, value in content.items():
        if key not in known:
            yield f"{at}{key}", "is not a key of a layout", f"there are {', '.join(known)}"
        elif not isinstance(value, known[key]):
            yield f"{at}{key}", f"must be a {known[key].__name__}", ""
