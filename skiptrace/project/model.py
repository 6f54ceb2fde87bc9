"""The project file as typed, frozen objects. Shape only: what depends on several keys is judged in `checks`.

Every model forbids unknown keys and converts nothing, so that a mistyped key or a quoted number is an error and never a
silent default.
"""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, PrivateAttr
from pydantic_core import PydanticCustomError

from skiptrace.project.alerting import Alerts
from skiptrace.project.compliance import Compliance, State
from skiptrace.project.encryption import Encryption
from skiptrace.project.exchange import SECRETS, Inbox, Outbox
from skiptrace.project.feedback import Feedback
from skiptrace.project.form import Form
from skiptrace.project.gates import Gates
from skiptrace.project.limits import Limits
from skiptrace.project.monitoring import Monitoring
from skiptrace.project.ordering import Order
from skiptrace.project.parts import Part, SafeName, SecretReference, Text, matching, one_of, wrong
from skiptrace.project.retention import Retention
from skiptrace.project.waterfall import Waterfall
from skiptrace.store.places import place_of
from skiptrace.vocabulary import CHANNELS, PURPOSES, SOURCE_KINDS

DEFAULT_PARTITION_ROWS = 250_000
LEAST_PARTITION_ROWS = 10_000
_HELD_ANYWAY, _HELD_PER_ROW = 600_000_000, 18_000
"""Bytes that a worker holds whatever it works on, and for each account of a partition, at most: see docs/scale.md."""
_UNITS = {"MB": 10**6, "GB": 10**9, "TB": 10**12, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40}
_MEMORY = re.compile(r"[1-9][0-9]{0,5}(\.[0-9]+)? ?(MB|GB|TB|MiB|GiB|TiB)")
_SCHEDULERS = ("auto", "sync", "threads", "processes")
_TLS = re.compile(r"tls://(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+):[0-9]{1,5}")
_LOOPBACK = re.compile(r"tcp://(127(\.[0-9]{1,3}){3}|localhost|\[::1\]):[0-9]{1,5}")


def _scheduler(value: str) -> str:
    if value in _SCHEDULERS or _TLS.fullmatch(value) or _LOOPBACK.fullmatch(value):
        return value
    if value.startswith("tcp://"):
        raise wrong(
            "an open scheduler address is allowed on this machine only", "use tls://host:port, or tcp://127.0.0.1:port"
        )
    if "://" in value:
        raise wrong("is not a scheduler address", "write tls://host:port or tcp://127.0.0.1:port")
    raise PydanticCustomError("unknown_word", "is not a known word", {"words": _SCHEDULERS})


Purpose = Annotated[str, AfterValidator(one_of(PURPOSES))]
Holder = Annotated[str, AfterValidator(matching(
    re.compile(r"[a-z0-9][a-z0-9 ._-]{0,63}"), "is not a holder's name", "lower-case letters, digits, ' ', '.', '-', '_'"))]  # fmt: skip


class Head(Part):
    """[project]: name, the date the run believes it is (None: today, decided by the caller), and what the run is
    for."""

    name: SafeName
    as_of: dt.date | None = None
    purposes: Annotated[tuple[Purpose, ...], Field(min_length=1)]


class Delivery(Part):
    """What the portfolio and a source have in common: where the files are and how their columns are mapped.

    `columns` maps a canonical column to its expressions (one, or several for phones, emails and former_names);
    `formats` a date column to the strptime form of its text; `where` keeps only the rows for which it is true; `file` says how
    the files are written."""

    path: Text
    file: Form = Field(default_factory=Form)
    where: Text | None = None
    formats: dict[str, Text] = Field(default_factory=dict)
    columns: Annotated[dict[str, Annotated[tuple[str, ...], Field(min_length=1)]], Field(min_length=1)]


class Purchase(Part):
    """[[portfolio.purchase]]: what was bought and on which terms. `portfolio_id`: the accounts meant (None: all of the tape). The seller's
    control totals are `accounts`, rows of the tape, and `balance`, their sum. Accounts that were dead, bankrupt and so on at
    `cut_off` may go back for `put_back_days`."""

    portfolio_id: Text | None = None
    seller: Text
    cut_off: dt.date
    put_back_days: Annotated[int, Field(ge=0, le=3_650)] = 0
    accounts: Annotated[int, Field(ge=0)] | None = None
    balance: Annotated[float, Field(ge=0)] | None = None


class Portfolio(Delivery):
    """[portfolio]: the accounts, and the purchases that they came with."""

    purchase: tuple[Purchase, ...] = ()

    @property
    def name(self) -> str:
        """The name the portfolio has as a source."""
        return "portfolio"

    @property
    def kind(self) -> str:
        """The kind whose canonical columns apply."""
        return "portfolio"


class Source(Delivery):
    """[[source]]: one licensed delivery. `cost_per_record` is in the balance's currency.

    What its licence limits: `contract_expires`, its last day; `retention_days`, how long a delivered file may be kept;
    `channels`, `states` and `exports` in which its data may be used (None: all), `except_states` in which they may not.

    `results_of`: the export whose results a source of dispositions holds. There may be no file yet, and an attempt on an account that
    never left on its channel is rejected. `order`: how it is asked about accounts; there may be no answer yet."""

    name: SafeName
    kind: Annotated[str, AfterValidator(one_of(SOURCE_KINDS))]
    purposes: Annotated[tuple[Purpose, ...], Field(min_length=1)]
    cost_per_record: Annotated[float, Field(ge=0)] = 0.0
    required: bool = False
    max_age_days: Annotated[int, Field(ge=0)] | None = None
    allow_empty: bool = False
    contract_expires: dt.date | None = None
    retention_days: Annotated[int, Field(ge=1)] | None = None
    channels: Annotated[tuple[Annotated[str, AfterValidator(one_of(CHANNELS))], ...], Field(min_length=1)] | None = None
    states: Annotated[tuple[State, ...], Field(min_length=1)] | None = None
    except_states: tuple[State, ...] = ()
    exports: tuple[SafeName, ...] | None = None
    results_of: SafeName | None = None
    order: Order | None = None

    @property
    def awaited(self) -> bool:
        """Whether there may be no file yet: it holds results of an export, or answers to requests."""
        return (self.results_of is not None or self.order is not None) and not self.required


class Security(Part):
    """[security]: where the key of the SSN tokens is. None: a private key is made once, outside the project."""

    token_key: SecretReference | None = None


class Export(Part):
    """[[export]]: a folder of files for another system. `profile` names a file of `rules/exports/`.

    `holder`: the agency or law firm that works what leaves there (None: the owner itself); only accounts that are placed with it leave,
    and they leave nowhere else. `place`: SQL over the table accounts; what nobody holds yet and this takes is placed by the export.
    `purposes`: what the files are for, of the project's own (None: all of them); sources that permit none of it stay out."""

    name: SafeName
    profile: SafeName
    holder: Holder | None = None
    place: Text | None = None
    purposes: Annotated[tuple[Purpose, ...], Field(min_length=1)] | None = None

def _store(value: str) -> str:
    if isinstance(place_of(value), Path):
        raise wrong("is not a place on an object store", 'write it like "s3://bucket/project", or leave it out for the project\'s folder')
    return value


MOST_SOURCES = 127
"""More have no room where a record's number and its source are one number (`contacts.evidence`)."""


class Runtime(Part):
    """[runtime]: how the work is spread, and where it lies. `partition_rows` are rows per task; None leaves the choice to the
    program: as many as fit into `memory_limit`, where that is set. `store` is the place on an object store of the runs and of what they
    reuse; None: the project's folder.

    `shards`: into how many shards each delivery's part of the reference index is cut, so that no worker needs all of it; 1 leaves it
    whole, "auto" cuts it by size where a cluster works on an object store, and nowhere else.
    `memory_limit`: what one worker process may hold. `stall_seconds`: how long a worker may show no sign of life. `tls_ca`,
    `tls_cert` and `tls_key` are PEM files, for a `tls://` scheduler; relative ones start at the project's folder."""

    scheduler: Annotated[str, AfterValidator(_scheduler)] = "auto"
    workers: Annotated[int, Field(ge=1, le=1024)] | None = None
    partition_rows: Annotated[int, Field(ge=1, le=10_000_000)] | None = None
    store: Annotated[str, AfterValidator(_store)] | None = None
    memory_limit: (
        Annotated[str, AfterValidator(matching(_MEMORY, "is not an amount of memory", 'such as "2GB"'))] | None
    ) = None
    stall_seconds: Annotated[float, Field(ge=1, le=3_600)] = 60.0
    shards: Annotated[int, Field(ge=1, le=128)] | Literal["auto"] = "auto"
    tls_ca: Text | None = None
    tls_cert: Text | None = None
    tls_key: Text | None = None

    @property
    def rows_per_partition(self) -> int:
        """Rows of a partition, at most: as stated, or what fits into a worker's memory. Tables are cut by it, whoever makes them."""
        if self.partition_rows is not None or self.memory_limit is None:
            return self.partition_rows or DEFAULT_PARTITION_ROWS
        fitting = int((_bytes(self.memory_limit) - _HELD_ANYWAY) / _HELD_PER_ROW)
        return min(max(fitting - fitting % LEAST_PARTITION_ROWS, LEAST_PARTITION_ROWS), DEFAULT_PARTITION_ROWS)


def _bytes(amount: str) -> int:
    """Bytes of an amount of memory, such as "2GB"."""
    unit = next(unit for unit in _UNITS if amount.endswith(unit))
    return int(float(amount.removesuffix(unit)) * _UNITS[unit])


class Project(Part):
    """The whole project file. `source` and `export` are in file order."""

    version: Literal[1]
    project: Head
    portfolio: Portfolio
    source: Annotated[tuple[Source, ...], Field(max_length=MOST_SOURCES)] = ()
    compliance: Compliance = Field(default_factory=Compliance)
    security: Security = Field(default_factory=Security)
    export: tuple[Export, ...] = ()
    feedback: tuple[Feedback, ...] = ()
    runtime: Runtime = Field(default_factory=Runtime)
    limits: Limits = Field(default_factory=Limits)
    alerts: Alerts = Field(default_factory=Alerts)
    retention: Retention = Field(default_factory=Retention)
    gates: Gates = Field(default_factory=Gates)
    monitoring: Monitoring = Field(default_factory=Monitoring)
    encryption: Encryption | None = None
    outbox: tuple[Outbox, ...] = ()
    inbox: tuple[Inbox, ...] = ()
    waterfall: Waterfall | None = None

    _file: Path = PrivateAttr(default=Path("skiptrace.toml"))

    @property
    def file(self) -> Path:
        """The project file."""
        return self._file

    @property
    def folder(self) -> Path:
        """The project's folder: relative paths of the file start here."""
        return self._file.parent

    def at(self, file: Path) -> Project:
        """The same project, read from `file`."""
        twin = self.model_copy()
        twin._file = file
        return twin

    def deliveries(self) -> tuple[Portfolio | Source, ...]:
        """The portfolio, then every source in file order: entry n is `source[n]` in messages."""
        return (self.portfolio, *self.source)

    def describe(self) -> dict[str, Any]:
        """Everything that was set, JSON-able and sorted, with the places of secrets masked: for a person to read."""
        return dict(_masked(_plain(self.model_dump())))

    def content(self) -> dict[str, Any]:
        """What the tables of a run depend on, JSON-able and sorted: the project file's share of the run key.

        Without secrets, and without scheduler, workers, store, retention, gates, exchange, encryption, monitoring and what is ordered of
        sources, which must not change a single value; of memory only the rows of a partition that follow from it."""
        plain = self.describe()
        for name in ("security", "retention", "gates", "monitoring", "outbox", "inbox", "encryption", "waterfall"):
            del plain[name]
        for source in plain["source"]:
            del source["order"]
        plain["runtime"] = {"partition_rows": self.runtime.rows_per_partition}
        plain["limits"] = self.limits.judging()
        return plain


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(value[key]) for key in sorted(value)}
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value]
    return value.isoformat() if isinstance(value, dt.date) else value


def _masked(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: "(set)" if key in SECRETS and inner is not None else _masked(inner) for key, inner in value.items()}
    return [_masked(entry) for entry in value] if isinstance(value, list) else value
