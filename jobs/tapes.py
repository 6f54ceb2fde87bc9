"""A tape that is not in a project yet: a sample of it, what its columns probably are, and the layouts that earlier ones had."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.errors import ConfigError, Problem
from skiptrace.intake.gate import Gate
from skiptrace.intake.reading import describe, detect, read
from skiptrace.onboard.headers import meanings
from skiptrace.onboard.layouts import Layout, difference, likely_layout, read_layout
from skiptrace.onboard.proposal import Proposal, propose
from skiptrace.onboard.shapes import shape_of
from skiptrace.onboard.unheaded import propose_unheaded
from skiptrace.project.fields import fields_of, required_of
from skiptrace.project.form import Form
from skiptrace.store.inputs import InputFile, expand

SAMPLED = 5_000
"""Rows that are looked at from the beginning of a tape, and as many from its middle."""
LAYOUTS = "layouts"
LEAST_KNOWN = 3
"""Cells of a first line that mean something, from which on it is a header."""


@dataclass(frozen=True)
class Tape:
    """A sample of a tape: its columns with some rows, whether it has a header, and how it is read."""

    path: str
    rows: int
    sample: pa.Table
    headed: bool
    reading: Mapping[str, Any]

    @property
    def headers(self) -> tuple[str, ...]:
        """The names of its columns, in its order."""
        return tuple(self.sample.column_names)


def sample(path: str, base: Path, form: Form | None = None) -> Tape:
    """Look at the first file that `path` means; `form`: how it is written, as far as that is known. Raises as `expand`, `describe` and
    `read`."""
    with Gate() as gate:
        file = gate.admit(expand(path, base)[:1]).files[0]
    form = _with_header(file, detect(file, form))
    shape = describe(file, form)
    start = max(shape.rows // 2, SAMPLED)
    parts = [read(file, slice(0, min(SAMPLED, shape.rows)), form=form)]
    if shape.rows > start:
        parts.append(read(file, slice(start, min(start + SAMPLED, shape.rows)), form=form))
    return Tape(path, shape.rows, pa.concat_tables(parts), form.header is not False, told(file, form))


def _with_header(file: InputFile, form: Form) -> Form:
    """`form`, with a header where the cells of the first line mean something: a file of voters has days of elections among them."""
    if form.header is not False or form.names:
        return form
    cells = [str(cell[0]) for cell in read(file, slice(0, 1), form=form).to_pydict().values() if cell[0] is not None]
    known = sum(bool(meanings(cell)) and not any(letter.isdigit() for letter in cell) for cell in cells)
    return form.model_copy(update={"header": True}) if known >= max(LEAST_KNOWN, len(cells) // 10) else form


def told(file: InputFile, form: Form) -> dict[str, Any]:
    """What the project file has to say of how a file is written: all that is not found again in the same way."""
    if form.format != "csv":
        return form.model_dump(exclude_defaults=True, exclude={"format"}) if form.format != "parquet" else {}
    plain = detect(file)
    usual = {"delimiter": plain.delimiter, "encoding": "utf-8", "header": plain.header or None}
    found = {"delimiter": form.delimiter, "encoding": form.encoding, "header": form.header}
    return {key: value for key, value in found.items() if value is not None and value != usual[key]}


def proposed(tape: Tape, kind: str, as_of: dt.date) -> Proposal:
    """What the columns of a tape probably are, for a portfolio or a kind of source."""
    known, key = frozenset(fields_of(kind)), required_of(kind)[0]
    shapes = {name: shape_of(tape.sample[name], as_of) for name in tape.headers}
    if tape.headed:
        return propose(tape.headers, shapes, known, key)
    return propose_unheaded(tape.headers, shapes, known, key, as_of)


def layouts(folder: Path) -> list[Layout]:
    """The layouts that earlier tapes of a project had, by name."""
    return [read_layout(path) for path in sorted((folder / LAYOUTS).glob("*.toml"))]


def layout_of(tape: Tape, kind: str, known: list[Layout]) -> Layout | None:
    """The layout that a tape follows, None for a new one. Raises ConfigError where it is that of a known seller with other columns."""
    able = [layout for layout in known if layout.kind == kind]
    found = likely_layout(able, tape.headers)
    if found is None:
        return None
    changed = difference(found, tape.headers)
    gone = [
        name
        for name in changed.missing
        if any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) for texts in found.columns.values() for text in texts)
    ]
    if not changed.missing and not changed.new:
        return found
    words = [f'no column "{name}"' + (", which is mapped" if name in gone else "") for name in changed.missing]
    words += [f'a new column "{name}"' for name in changed.new]
    mend = f"ask the seller; then map it anew with --anew, or use the old mapping with --like {LAYOUTS}/{found.name}.toml"
    problems = tuple(Problem(Path(tape.path).name, "", word, mend) for word in words)
    raise ConfigError(f"the tape looks like those of {found.name}, but its columns have changed", problems)


def masked(column: pa.ChunkedArray) -> str:
    """The first value of a column with every letter as x and every digit as 9; '' where it has none."""
    values = pc.drop_null(column).slice(0, 50)
    texts = values.cast(pa.string()).to_pylist() if not pa.types.is_nested(values.type) else []
    text = next((text.strip() for text in texts if text.strip()), "")
    return "".join("9" if one.isdigit() else "x" if one.isalpha() else one for one in text)[:40]
