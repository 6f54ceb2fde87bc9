"""One delivery from its path to its partitions: found, described, judged as a whole, cut into pieces of work.

Everything that would refuse a delivery is said here, before any task starts; after it only single rows and values fail.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa

from skiptrace.errors import ConfigError, DataRefused, Problem
from skiptrace.ids import digest
from skiptrace.intake import events, portfolio, reference
from skiptrace.intake.canonical import CanonicalTables
from skiptrace.intake.duplicates import VERDICT
from skiptrace.intake.exported import Exported
from skiptrace.intake.gate import Gate
from skiptrace.intake.gate_child import named
from skiptrace.intake.mapping import Mapped, Mapping, apply, compile_mapping
from skiptrace.intake.partitions import CODES, Partition, plan
from skiptrace.intake.reading import FileShape, describe, read_rows
from skiptrace.intake.told_columns import difference
from skiptrace.intake.types import kind_of
from skiptrace.project.form import Form
from skiptrace.project.limits import Limits
from skiptrace.project.model import Portfolio, Source
from skiptrace.store.inputs import InputFile, expand
from skiptrace.vocabulary import EVENT_KINDS


@dataclass(frozen=True)
class Delivery:
    """A delivery ready to be read: its files, rows, compiled mapping, partitions, how each file is written, the SHA-256 of each
    (of a zip's members, the zip's), how many rows cannot be read, the columns that nobody reads, `repeated`, names of files of a
    source that hold what another one of it holds and are left out, and `apart`, columns that some of the files have and others not."""

    source: str
    files: tuple[InputFile, ...]
    rows: int
    mapping: Mapping
    partitions: tuple[Partition, ...]
    forms: tuple[Form, ...] = ()
    hashes: tuple[str, ...] = ()
    unreadable: int = 0
    repeated: tuple[str, ...] = ()
    apart: tuple[str, ...] = ()

    @property
    def ignored(self) -> tuple[str, ...]:
        """Columns of the delivery that no expression reads, in the file's order; last those that not all files have."""
        return (*self.mapping.ignored, *self.apart)


def survey(
    spec: Portfolio | Source,
    base: Path,
    as_of: dt.date,
    partition_rows: int,
    place: str,
    project_file: str = "skiptrace.toml",
    memory_limit: str = "2GB",
    limits: Limits | None = None,
    gate: Gate | None = None,
) -> Delivery:
    """Find, describe and cut the delivery of `spec`. `place` is its key in the project file, such as `source[2]`.

    What is not answered yet, an export or a request, is a delivery without files.

    Raises ConfigError (exit 2) where the path does not exist or the mapping does not fit, DataRefused (exit 3) where
    files are empty, damaged or disagree about their columns, where the portfolio has no rows, and where a required
    source is missing, stale or empty; StoreUnavailable (exit 69) where the store does not answer."""
    required = isinstance(spec, Source) and spec.required
    try:
        files = tuple(expand(spec.path, base, isinstance(spec, Source) and spec.awaited))
    except ConfigError as error:
        if required:
            raise DataRefused(f'the required source "{spec.name}" is missing', error.problems) from None
        raise ConfigError(
            error.message,
            tuple(Problem(project_file, f"{place}.path", f"{p.file}: {p.what}", p.mend) for p in error.problems),
        ) from None
    if not files:
        return Delivery(spec.name, (), 0, Mapping((), None, (), (), memory_limit), ())
    form = spec.file if spec.file.layout is None else spec.file.model_copy(update={"layout": str(base / spec.file.layout)})
    with nullcontext(gate) if gate else Gate(limits) as entry:
        files, hashes = entry.admit(files, form, _said(spec))
    every, repeated = files, tuple[str, ...]()
    if isinstance(spec, Source):
        files, hashes, repeated = _once(files, hashes)
    shapes = [describe(file, form, limits) for file in files]
    schema, uneven = _one_schema(files, shapes, _said(spec))
    rows = sum(shape.rows for shape in shapes)
    if isinstance(spec, Source):
        _fresh_and_filled(spec, every, rows, as_of)
    elif not rows:
        raise _refused(
            "the portfolio cannot be used", files[0].name, "has no rows", "have the portfolio delivered again"
        )
    mapping = _fitting(schema, uneven, spec, shapes, lambda: compile_mapping(schema, spec, project_file, place, memory_limit))
    if not all(named(column, _said(spec)) for column in mapping.references):
        with Gate(limits) as entry:  # named in a way that its text does not show
            entry.admit([file for file in files if not file.member], form)
    codes = _codes(files, hashes) if isinstance(spec, Source) else None
    pieces = plan(spec.name, [(file, shape.rows) for file, shape in zip(files, shapes, strict=True)], partition_rows, codes)
    found = dict(zip(files, shapes, strict=True))
    unreadable = sum(count for shape in shapes for _, count in shape.unreadable)
    pieces = tuple(replace(p, form=found[p.file].form, mark=found[p.file].mark(p.file_row_start)) for p in pieces)
    forms, apart = tuple(shape.form for shape in shapes), tuple(name for name in uneven if name not in schema.names)
    return Delivery(spec.name, files, rows, mapping, pieces, forms, hashes, unreadable, repeated, apart)


def _once(
    files: tuple[InputFile, ...], hashes: tuple[str, ...]
) -> tuple[tuple[InputFile, ...], tuple[str, ...], tuple[str, ...]]:
    """Files and hashes without those that came before under another name, and the names of these."""
    kept, left = dict[tuple[str, str], InputFile](), list[str]()
    for file, sha256 in zip(files, hashes, strict=True):
        if kept.setdefault((sha256, file.member), file) is not file:
            left.append(file.name)
    return tuple(kept.values()), tuple(sha256 for sha256, _ in kept), tuple(left)


def _codes(files: tuple[InputFile, ...], hashes: tuple[str, ...]) -> list[int]:
    """A number for each file, of its content alone: its rows keep theirs while other files come and go. Where two would have one,
    which is rare, the one with the greater hash takes the next that is free."""
    taken: dict[int, int] = {}
    whole = [digest("file", sha256, file.member) for file, sha256 in zip(files, hashes, strict=True)]
    for place in sorted(range(len(whole)), key=whole.__getitem__):
        code = int(whole[place], 16) % CODES
        while code in taken:
            code = (code + 1) % CODES
        taken[code] = place
    return [code for code, _ in sorted(taken.items(), key=lambda item: item[1])]


def load(partition: Partition, mapping: Mapping, limits: Limits | None = None) -> Mapped:
    """Read a partition and run its mapping; only the columns that the mapping reads are decoded."""
    columns = mapping.references or mapping.ignored[:1]  # constants only: the engine still needs one row per row
    rows = read_rows(partition.file, partition.within_file, columns, partition.form, limits, partition.mark)
    return apply(mapping, rows.table, rows.numbers, partition.source, partition.file.name, rows.bad)


def canonical(
    mapped: Mapped,
    partition: Partition,
    spec: Portfolio | Source,
    as_of: dt.date,
    key: bytes,
    verdict: pa.Table | None = None,
    exported: Exported | None = None,
) -> CanonicalTables:
    """The canonical tables of a mapped partition, by the kind of its source. `verdict`: of `duplicates.judge`, for
    the portfolio; `exported`: what left in exports, for the results of one."""
    if isinstance(spec, Portfolio):
        return portfolio.canonical(
            mapped, partition, spec, as_of, key, VERDICT.empty_table() if verdict is None else verdict
        )
    if spec.kind in EVENT_KINDS:
        return events.canonical(mapped, partition, spec, as_of, exported)
    return reference.canonical(mapped, partition, spec, as_of, key)


def _said(spec: Portfolio | Source) -> str:
    """The text of all expressions of a delivery."""
    return "\n".join([*(text for texts in spec.columns.values() for text in texts), spec.where or ""])


def _one_schema(files: tuple[InputFile, ...], shapes: list[FileShape], said: str) -> tuple[pa.Schema, dict[str, DataRefused]]:
    """The columns that all files of a delivery have (one that is all empty in a file fits any kind), and why those cannot be read that
    some files lack or hold another kind of value in. `said`: the text of the mapping, whose names are those of columns."""
    first, schema, uneven = files[0], shapes[0].columns, dict[str, DataRefused]()
    for file, shape in zip(files[1:], shapes[1:], strict=True):
        missing = [name for name in shapes[0].columns.names if name not in shape.columns.names]
        extra = [name for name in shape.columns.names if name not in shapes[0].columns.names]
        what = f"has other columns than {first.name}: {difference(shapes[0].columns.names, shape.columns.names, said)}"
        mend = "deliver them alike, or list them as separate sources"
        for name in (*missing, *extra):
            uneven.setdefault(name, _refused("the files of a delivery do not fit together", file.name, what, mend))
        for position, field in enumerate(schema):
            if field.name in missing:
                continue
            other = shape.columns.field(field.name)
            if kind_of(field.type) == "none" != kind_of(other.type):
                schema = schema.set(position, pa.field(field.name, other.type))
            elif kind_of(other.type) not in ("none", kind_of(field.type)):
                what = f'column "{field.name}" is {other.type}, in {first.name} it is {field.type}'
                refusal = _refused("the files of a delivery do not fit together", file.name, what, "deliver them alike")
                uneven.setdefault(field.name, refusal)
    return pa.schema([field for field in schema if all(field.name in shape.columns.names for shape in shapes)]), uneven


def _fitting(
    schema: pa.Schema, uneven: dict[str, DataRefused], spec: Portfolio | Source, shapes: list[FileShape], compiled: Callable[[], Mapping]
) -> Mapping:
    """The mapping, where none of its expressions reads a column in which files differ. Columns that are known by their position or by
    a pattern could all be read. Raises the DataRefused of such a column, and ConfigError as `compile_mapping`."""
    said = _said(spec)
    by_pattern, by_position = named("\0", said), any(shape.form.header is False for shape in shapes)  # no column has that name
    if uneven and (by_pattern or by_position or not len(schema)):
        raise next(iter(uneven.values()))
    try:
        mapping = compiled()
    except ConfigError:
        for name, refusal in uneven.items():
            if named(name, said):
                raise refusal from None
        raise
    for name, refusal in uneven.items():
        if name in mapping.references:
            raise refusal
    return mapping


def _fresh_and_filled(spec: Source, files: tuple[InputFile, ...], rows: int, as_of: dt.date) -> None:
    """Refuse a source with a file that is older than its licence lets anybody keep it, and a required source that is empty or
    stale. The age of a list is that of its newest file."""
    for file in files:
        if spec.retention_days is not None and file.modified is not None and (as_of - file.modified).days > spec.retention_days:
            what = f"is {(as_of - file.modified).days} days old, and retention_days is {spec.retention_days}"
            mend = "have it delivered anew, and remove what may not be kept"
            raise _refused(f'the source "{spec.name}" may not be used any more', file.name, what, mend)
    if not spec.required:
        return
    if not rows and not spec.allow_empty:
        raise _refused(
            f'the required source "{spec.name}" is empty',
            files[0].name,
            "has no rows",
            "have it delivered again, or set allow_empty = true",
        )
    days = [file.modified for file in files if file.modified is not None]
    if spec.max_age_days is not None and days and (as_of - max(days)).days > spec.max_age_days:
        what = f"is {(as_of - max(days)).days} days old, and max_age_days is {spec.max_age_days}"
        raise _refused(f'the required source "{spec.name}" is stale', files[0].name, what, "have a new one delivered")


def _refused(message: str, file: str, what: str, mend: str) -> DataRefused:
    return DataRefused(message, (Problem(file, "", what, mend),))
