"""What stands in the way of a run, looked for before one is begun: program, project, places, rules, deliveries, scheduler, nights.

Each check looks at one thing and says what it found, or what is wrong and how to mend it. Nothing is changed; where a store or a folder
is written to, what was written is removed."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Any

from jobs import cluster, enciphered, health, keys, metrics
from jobs.attended import BUG
from jobs.audit import FILE as AUDIT
from jobs.examine import program
from jobs.feedback import load_project
from jobs.knock import RENEW_DAYS, knock, papers_of
from jobs.partners import Partners, all_of
from jobs.permission import require_usable
from jobs.prepare import find_deliveries
from jobs.runner import describe
from skiptrace.errors import ConfigError, Problem, SkiptraceError, UnsafePermissions
from skiptrace.project import PRIVATE, Project, home_of, token_key
from skiptrace.rulebook import loading as rulebook
from skiptrace.store import keyring
from skiptrace.store.commit import put_bytes
from skiptrace.store.objects import ObjectPath
from skiptrace.store.permissions import private_folder, refuse_unsafe
from skiptrace.store.places import Place
from skiptrace.store.probe import refuse_liar

_FLOOR = re.compile(r"([A-Za-z0-9._-]+)>=([0-9.]+)(?:;.*)?$")


@dataclass(frozen=True)
class Checked:
    """One thing that was looked at: its name, what was found, what is wrong (nothing: all is well), and the exit code a run would end
    with because of it."""

    name: str
    found: str
    problems: tuple[Problem, ...] = ()
    code: int = 0

    def plain(self) -> dict[str, Any]:
        """As a JSON object."""
        return {"name": self.name, "found": self.found, "code": self.code, "problems": [vars(problem) for problem in self.problems]}


def examine(folder: Path, now: dt.datetime, environ: Mapping[str, str], scheduler: str | None = None) -> Iterator[Checked]:
    """Every check, one after the other; those of a project only where its file can be read. scheduler: another than the project's."""
    yield _checked("program", _program)
    yield _checked("environment", lambda: _environment(environ))
    loaded: list[Project] = []

    def read() -> str:
        loaded.append(load_project(folder, environ))
        return f"{loaded[0].project.name}: {len(loaded[0].source)} sources, {len(loaded[0].export)} exports"

    yield _checked("project file", read)
    if not loaded:
        return
    project, home = loaded[0], home_of(folder).resolve()
    as_of = project.project.as_of or now.date()
    address = scheduler or project.runtime.scheduler
    yield _checked("places", lambda: _places(project, home))
    yield _checked("store", lambda: _store(home))
    yield _checked("token key", lambda: f"{len(token_key(project, environ)) * 8} bits, readable by its owner alone")
    yield _checked("encryption", lambda: _encryption(project, home))
    yield _checked("rules", lambda: _rules(project, as_of))
    yield _checked("deliveries", lambda: _deliveries(project, as_of))
    yield _checked("scheduler", lambda: _scheduler(project, address))
    yield from _certificate(project, address, now)
    yield _checked("partners", lambda: _partners(project, environ))
    yield _checked("monitoring", lambda: _monitoring(project))
    yield _health(project, now)


def _checked(name: str, look: Callable[[], str]) -> Checked:
    try:
        return Checked(name, look())
    except SkiptraceError as error:
        return Checked(name, error.message, error.problems or (Problem(name, "", error.message, ""),), error.exit_code)
    except Exception as error:  # a doctor that dies of what it looks at helps nobody
        return Checked(name, "could not be looked at", (Problem(name, "", describe(error), "please report this line"),), BUG)


def _program() -> str:
    """Versions of what a run needs, against the floors that the installation states."""
    old = []
    for line in requires("skiptrace") or ():
        floor = _FLOOR.match(line.replace(" ", ""))
        if floor is None or "extra==" in line.replace(" ", ""):
            continue
        try:
            mine = version(floor[1])
        except PackageNotFoundError:
            old.append(Problem(floor[1], "", "is not installed", f"pip install '{floor[1]}>={floor[2]}'"))
            continue
        if _numbers(mine) < _numbers(floor[2]):
            old.append(Problem(floor[1], "", f"is {mine}, and {floor[2]} is the oldest that was tried", "install the locked versions"))
    if old:
        raise ConfigError("libraries are missing or too old", tuple(old))
    seen = program()
    return ", ".join(f"{name} {seen[name]}" for name in ("skiptrace", "python", "pyarrow", "duckdb", "dask", "numba"))


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", text)[:3])


def _environment(environ: Mapping[str, str]) -> str:
    """Settings of the process that a run depends on."""
    named = sorted(name for name in environ if name.startswith("SKIPTRACE__"))
    return f"settings from the environment: {', '.join(named)}" if named else "no setting comes from the environment"


def _places(project: Project, home: Place) -> str:
    """Folders that are written must be ours, and nobody else's."""
    refuse_unsafe(home)
    private, runs = private_folder(home / PRIVATE), private_folder(home / "runs")
    audit = private / AUDIT
    if isinstance(audit, Path) and audit.exists() and audit.stat().st_mode & 0o077:
        raise UnsafePermissions(f"{AUDIT}: other users could read or change the audit log — chmod 600 it")
    for folder in (private, runs):
        _write_and_remove(folder)
    free = health.of_disk(home)
    return f"private and writable{'' if free is None else f', {free / 1e9:,.1f} GB free'}"


def _write_and_remove(folder: Place) -> None:
    place = folder / f"probe-{uuid.uuid4().hex}"
    put_bytes(place, b"written to see whether it can be")
    with suppress(OSError):
        place.unlink(missing_ok=True)


def _store(home: Place) -> str:
    refuse_liar(home / PRIVATE)
    return "an object store that refuses to overwrite" if isinstance(home, ObjectPath) else "a disk"


def _encryption(project: Project, home: Place) -> str:
    """Every key can be had, and nothing of before lies in clear."""
    keys.require_ready(project, home)
    if project.encryption is None:
        return "tables are not encrypted ([encryption]): keep the project on an encrypted disk"
    if clear := enciphered.in_clear(home):
        problem = Problem(project.file.name, "encryption", f"{clear:,} tables of before lie in clear", "`skiptrace keys encrypt`")
        raise ConfigError("not everything is encrypted", (problem,))
    ring = keyring.ring_of(home / PRIVATE)
    return "on; the first run makes the keys" if ring is None else f"on; {len(ring.labels)} keys can be had"


def _rules(project: Project, as_of: dt.date) -> str:
    book = rulebook.load()
    require_usable(project, book, as_of)
    return f"{len(book.rules)} contact rules; every source may be used for {', '.join(project.project.purposes)}"


def _deliveries(project: Project, as_of: dt.date) -> str:
    """Every delivered file is found, opened and mapped, and no required list is missing, empty or old."""
    found = find_deliveries(project, as_of)
    return "; ".join(f"{one.name} {one.delivery.rows:,} rows" for one in found)


def _scheduler(project: Project, address: str) -> str:
    if "://" not in address:
        return f"{cluster.choose(address, 0)} on this machine" if address != "auto" else "auto: on this machine, as the size asks for"
    papers = papers_of(project, address)
    knock(address, papers)
    return f"answers{' with mutual TLS' if papers else ''}"


def _certificate(project: Project, address: str, now: dt.datetime) -> Iterator[Checked]:
    """Until when the project's certificate for the cluster is good: one that ends soon stops no run yet. Nothing where it cannot be read,
    which the check before this one has told."""
    try:
        papers = papers_of(project, address) if "://" in address else None
    except SkiptraceError:
        return
    if papers is None:
        return
    left: list[int] = []

    def look() -> str:
        papers.require("client")
        left.append(papers.days_left(now))
        return f"a client's, good for {left[0]} days"

    checked = _checked("certificate", look)
    if left and left[0] < RENEW_DAYS:
        mend = "`skiptrace cluster certs --renew`, and give every member its new one"
        checked = Checked(checked.name, checked.found, (Problem("[runtime]", "tls_cert", f"ends in {left[0]} days", mend),))
    yield checked


def _partners(project: Project, environ: Mapping[str, str]) -> str:
    """Keys and secrets of every outbox and inbox are laid out, and each is opened: server, credentials and folder are the right ones."""
    partners, errors = Partners(project, environ), list[SkiptraceError]()
    partners.require_ready()
    for partner in (*project.outbox, *project.inbox):
        try:
            with partners.box(partner):
                pass
        except SkiptraceError as error:
            errors.append(error)
    all_of(errors)
    return f"{len(project.outbox)} outboxes and {len(project.inbox)} inboxes open" if project.outbox or project.inbox else "none"


def _monitoring(project: Project) -> str:
    told = project.monitoring
    if told.metrics is not None:
        metrics.refuse_unusable(project.folder / told.metrics)
    named = [name for name, place in (("log", told.log), ("metrics", told.metrics)) if place is not None]
    return ", ".join(named) or "nobody is told how runs end ([monitoring])"


def _health(project: Project, now: dt.datetime) -> Checked:
    def look() -> str:
        found.append(health.of_project(project, now))
        told = found[0]
        return "no run is published yet" if told.run_id is None else f"run {told.run_id}, as of {told.as_of}"

    found: list[health.Health] = []
    checked = _checked("nights", look)
    if not found or found[0].run_id is None or not found[0].problems:
        return checked
    return Checked("nights", checked.found, found[0].problems, 4)
