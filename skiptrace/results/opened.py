"""Published runs for a notebook: `skiptrace.open("project").latest.contact_points.to_pandas()`. Read-only; nothing is computed anew."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa

from skiptrace.errors import ConfigError, Problem
from skiptrace.project import FILE_NAME, home_of
from skiptrace.results.run import Run
from skiptrace.results.shelf import RunSummary, latest, open_run, runs
from skiptrace.sql import SqlRefused, query
from skiptrace.store.places import Place

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl


class Opened:
    """A project and its published runs."""

    def __init__(self, project: Place | str) -> None:
        """`project`: its folder, or its place on an object store. Raises ConfigError where there is no project file."""
        self._home = home_of(project)
        if not (self._home / FILE_NAME).is_file():
            problem = Problem(FILE_NAME, "", "is not in that folder", "name the folder of the project")
            raise ConfigError("there is no project", (problem,))

    @property
    def latest(self) -> OpenedRun:
        """The run that was published last. Raises ConfigError where there is none, DataRefused where it is damaged."""
        return OpenedRun(latest(self._home))

    @property
    def runs(self) -> list[RunSummary]:
        """The published runs, by id: the day each believed it was, and rows per table."""
        return runs(self._home)

    def run(self, run_id: str) -> OpenedRun:
        """A published run by its id. Raises ConfigError for one that is not there."""
        return OpenedRun(open_run(self._home, run_id))

    def __repr__(self) -> str:
        return f"<skiptrace project of {len(self.runs)} published runs>"


class OpenedTable:
    """A table of a run. It is read when it is asked for, each file against its hash, and kept for the next question."""

    def __init__(self, run: Run, name: str) -> None:
        self._run, self.name = run, name

    @cached_property
    def _whole(self) -> pa.Table:
        return self._run.table(self.name)

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of its columns."""
        return self._run.columns(self.name)

    def to_arrow(self, columns: Sequence[str] | None = None) -> pa.Table:
        """The table, or some of its columns, as Arrow. Raises ConfigError for a column that it has not, DataRefused where a file is not
        what was published."""
        return self._whole if columns is None else self._run.table(self.name, columns)

    def to_pandas(self, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """The same as a pandas frame, in Arrow's types: a NULL stays one, and a whole number whole. Raises ConfigError where pandas is
        not installed, and as `to_arrow`."""
        pandas = _library("pandas")
        found: pd.DataFrame = self.to_arrow(columns).to_pandas(types_mapper=pandas.ArrowDtype)
        return found

    def to_polars(self, columns: Sequence[str] | None = None) -> pl.DataFrame:
        """The same as a polars frame. Raises ConfigError where polars is not installed, and as `to_arrow`."""
        found: pl.DataFrame = _library("polars").from_arrow(self.to_arrow(columns))
        return found

    def sql(self, text: str) -> pa.Table:
        """What one SELECT over this table finds, which it knows by its name. Raises SqlRefused for any other statement."""
        return query(_select(text), {self.name: self._whole})

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """So that any library that reads Arrow streams takes the table as it is."""
        return self._whole.__arrow_c_stream__(requested_schema)

    def __len__(self) -> int:
        return self._run.rows(self.name)

    def __repr__(self) -> str:
        return f"<{self.name}: {len(self):,} rows, {len(self.columns)} columns>"


class OpenedRun:
    """A published run: `ledger` is its run.json, and each of its tables an attribute."""

    def __init__(self, run: Run) -> None:
        self._run, self.run_id, self.ledger = run, run.run_id, run.ledger

    @cached_property
    def accounts(self) -> OpenedTable:
        """An account a row: consumer, status, best channel, what to expect."""
        return self.table("accounts")

    @cached_property
    def links(self) -> OpenedTable:
        """A pair of account and reference record a row, with the levels and weights of its comparisons."""
        return self.table("links")

    @cached_property
    def contact_points(self) -> OpenedTable:
        """A way to reach a consumer a row, with where it is from."""
        return self.table("contact_points")

    @cached_property
    def channels(self) -> OpenedTable:
        """A use of a point on a channel a row, with its chance to reach the consumer, and why."""
        return self.table("channels")

    @cached_property
    def decisions(self) -> OpenedTable:
        """A use a row, with what the contact rules say of it."""
        return self.table("decisions")

    @cached_property
    def rejects(self) -> OpenedTable:
        """A row or value that was not used a row, with the reason."""
        return self.table("rejects")

    @cached_property
    def alerts(self) -> OpenedTable:
        """A change since the run before a row."""
        return self.table("alerts")

    @property
    def tables(self) -> tuple[str, ...]:
        """The names of its tables."""
        return self._run.names

    def table(self, name: str) -> OpenedTable:
        """A table by its name. Raises ConfigError for one that the run has not."""
        self._run.rows(name)
        return OpenedTable(self._run, name)

    def sql(self, text: str) -> pa.Table:
        """What one SELECT over the run's tables finds; only those that it names are read. Raises SqlRefused for any other statement."""
        named = [name for name in self._run.names if name in _select(text)]
        return query(text, {name: getattr(self, name).to_arrow() for name in named})

    def __repr__(self) -> str:
        return f"<run {self.run_id}, as of {self.ledger.get('as_of')}>"


def _select(text: str) -> str:
    """The text, where it is one SELECT."""
    try:
        found = duckdb.extract_statements(text)
    except duckdb.Error:
        raise SqlRefused("it cannot be read as SQL") from None
    if len(found) != 1 or found[0].type != duckdb.StatementType.SELECT:
        raise SqlRefused("only one SELECT is allowed")
    return text


def _library(name: str) -> Any:
    """A library that is not needed for anything else."""
    import importlib

    try:
        return importlib.import_module(name)
    except ImportError:
        problem = Problem(name, "", "is not installed", 'pip install "skiptrace[frames]"')
        raise ConfigError(f"{name} is needed for this", (problem,)) from None
