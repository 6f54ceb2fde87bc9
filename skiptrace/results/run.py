"""One published run: its ledger, and its tables exactly as the ledger names them, file by file, hash by hash."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import PurePosixPath
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.errors import ConfigError, DataRefused, Problem
from skiptrace.schema import EVIDENCE_NAMES, PUBLISHED_NAMES, SCHEMA_VERSION, spec_of
from skiptrace.store.places import Place
from skiptrace.store.tables import FileRef, column_names, read_batches, read_between, read_table, verify_file

LEDGER = "run.json"
THINNED = "thinned.json"
"""Beside the ledger of a run of which only the evidence is kept: `tables`, the names of those that are gone."""
WORDS = ("channel", "decision", "grade", "kind", "line_type", "locate_status", "origin", "rulebook", "status")
"""Columns of few distinct words."""


@dataclass(frozen=True)
class Run:
    """A published run: its id, its folder, and the ledger (`run.json`) as it was written."""

    run_id: str
    folder: Place
    ledger: Mapping[str, Any]

    @property
    def thinned(self) -> bool:
        """Whether only the evidence of its decisions is kept (`[retention] runs`)."""
        return bool(self.ledger.get("thinned"))

    @property
    def names(self) -> tuple[str, ...]:
        """The tables of this run, in the schema's order."""
        return tuple(name for name in PUBLISHED_NAMES if name in self.ledger["tables"])

    def rows(self, name: str) -> int:
        """How many rows a table has, by the ledger. Raises ConfigError for a table that the run does not have."""
        return int(self._entry(name)["rows"])

    def table(self, name: str, columns: Sequence[str] | None = None) -> pa.Table:
        """A table, or some of its columns, from the files that the ledger names, in their order.

        Every file's size and SHA-256 are checked before it is read. Raises DataRefused when one is missing, torn or
        changed, or when the rows are not as many as the ledger says; ConfigError for a table or column that is not
        there."""
        entry = self._entry(name)
        pieces = []
        for ref in self.files(name):
            if columns is not None:  # the others stay closed: a process may have no key for them
                _refuse_unknown(column_names(ref), name, columns)
            found = read_table(ref, None if columns is None else list(dict.fromkeys(columns)), verify=True)
            pieces.append(_select(_typed(found, name), name, columns))
        if not pieces:
            pieces.append(_select(spec_of(name).empty(), name, columns))
        table = pa.concat_tables(pieces)
        if table.num_rows != entry["rows"]:
            raise _damaged(f"tables.{name}", f"the files hold {table.num_rows} rows, the ledger says {entry['rows']}")
        return table

    def of_account(self, name: str, account_id: str) -> pa.Table:
        """The rows of one account in a table that has a column account_id. Of a file that is sorted by it little more than these rows is
        read; every file that has some is hashed first. Raises as `table` does, but for rows that are not as many as the ledger says."""
        pieces = [spec_of(name).empty()] if not self.files(name) else []
        for ref in self.files(name):
            found = read_between(ref, "account_id", account_id, account_id)
            found = found.filter(pc.equal(found["account_id"], account_id))
            if found.num_rows:
                verify_file(ref)
            if found.num_rows or not pieces:
                pieces.append(_typed(found, name))
        return pa.concat_tables(pieces)

    def columns(self, name: str) -> tuple[str, ...]:
        """The columns that a table of this run has. Raises as `table` does."""
        files = self.files(name)
        return tuple(column_names(files[0])) if files else spec_of(name).names

    def parts(self, name: str) -> int:
        """In how many files a table is: one per partition of accounts."""
        return len(self._entry(name)["files"])

    def files(self, name: str) -> list[FileRef]:
        """The files of a table, one per partition of accounts. Raises as `rows` does, and DataRefused for a path that leads out."""
        return [
            FileRef(str(self.folder / _inside(file["path"])), int(file["rows"]), int(file["bytes"]), str(file["sha256"]))
            for file in self._entry(name)["files"]
        ]

    def pieces(self, name: str, number: int, columns: Sequence[str], rows: int) -> Iterator[pa.Table]:
        """Some columns of one file of a table, in pieces of at most `rows` rows; words that repeat come as dictionaries. Raises
        as `table` does."""
        for piece in read_batches(self.files(name)[number], columns, rows, WORDS):
            yield _typed(piece, name)

    def tables(self) -> dict[str, pa.Table]:
        """Every table of the run, by name."""
        return {name: self.table(name) for name in self.names}

    def _entry(self, name: str) -> Mapping[str, Any]:
        kept = self.ledger.get("evidence", {}) if name in EVIDENCE_NAMES else self.ledger["tables"]
        found: Mapping[str, Any] | None = kept.get(name)
        if found is None and name in self.ledger.get("thinned", ()):
            what, mend = "was removed when newer runs were published", "[retention] runs says how many are kept whole"
            problem = Problem(self.run_id, name, what, mend)
            raise ConfigError("of this run only the evidence of its decisions is kept", (problem,))
        if found is None:
            raise _absent("table", name, self.names)
        return found


def read_run(folder: Place) -> Run:
    """The run in a folder. Raises DataRefused when its ledger is missing, damaged, or names no tables; ConfigError where a later
    version of the program wrote it."""
    ledger = read_ledger(folder)
    if ledger is None:
        raise _damaged(folder.name, "is missing or damaged")
    if not is_published(ledger):
        raise _damaged(folder.name, "names no tables: the run was not published")
    if (version := ledger.get("schema_version", 1)) > SCHEMA_VERSION:
        what = f"is {version}, and this program knows versions up to {SCHEMA_VERSION}"
        problem = Problem(f"{folder.name}/{LEDGER}", "schema_version", what, "install the version of the program that wrote it")
        raise ConfigError("a later version of the program wrote this run", (problem,))
    return Run(folder.name, folder, ledger)


def read_ledger(folder: Place) -> dict[str, Any] | None:
    """The ledger in a run's folder; None where there is none that can be read. Where only the evidence of the run is kept it names no
    table that is gone, and says in `thinned` which these are."""
    content = _object(folder / LEDGER)
    gone = _object(folder / THINNED) if content is not None else None
    return content if content is None or gone is None else without_tables(content, gone["tables"])


def without_tables(ledger: Mapping[str, Any], gone: Sequence[str]) -> dict[str, Any]:
    """The ledger of a run of which only the evidence is kept: these tables are not there any more."""
    kept = {part: {name: one for name, one in ledger.get(part, {}).items() if name not in gone} for part in ("tables", "evidence")}
    return {**ledger, **kept, "thinned": list(gone)}


def _object(place: Place) -> dict[str, Any] | None:
    try:
        content = json.loads(place.read_bytes())
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) else None


def is_published(ledger: Mapping[str, Any]) -> bool:
    """Whether a ledger is that of a run whose tables were published: it names them. A failed run's ledger does not."""
    tables = ledger.get("tables")
    return isinstance(tables, dict) and bool(tables)


def _inside(text: str) -> PurePosixPath:
    """A path of the ledger, which must stay in the run's folder."""
    path = PurePosixPath(text)
    if path.is_absolute() or ".." in path.parts:
        raise _damaged("tables", "a path leads out of the run")
    return path


def _typed(table: pa.Table, name: str) -> pa.Table:
    """The columns that the schema knows, in its types: Parquet has no timestamps in whole seconds. A run of an earlier
    version may lack a column that was added since; that is no fault."""
    for column in spec_of(name).columns:
        if column.name not in table.column_names:
            continue
        found = table.schema.field(column.name).type
        if found != column.type and not (pa.types.is_dictionary(found) and found.value_type == column.type):
            place = table.column_names.index(column.name)
            field = pa.field(column.name, column.type, nullable=column.nullable)
            table = table.set_column(place, field, table[column.name].cast(column.type))
    return table


def _select(table: pa.Table, name: str, columns: Sequence[str] | None) -> pa.Table:
    if columns is None:
        return table
    _refuse_unknown(table.column_names, name, columns)
    return table.select(list(columns))


def _refuse_unknown(there: Sequence[str], name: str, columns: Sequence[str]) -> None:
    for column in columns:
        if column not in there:
            raise _absent(f"column of {name}", column, there)


def _absent(kind: str, name: str, known: Sequence[str]) -> ConfigError:
    close = get_close_matches(name, known, n=1)
    mend = f'did you mean "{close[0]}"?' if close else f"there are {', '.join(known)}"
    return ConfigError(f"no such {kind} in this run", (Problem(LEDGER, name, "not found", mend),))


def _damaged(place: str, what: str) -> DataRefused:
    return DataRefused("a run cannot be trusted", (Problem(LEDGER, place, what, "choose another run, or run again"),))
