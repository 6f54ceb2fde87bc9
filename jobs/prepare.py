"""Before a run: the project file, its rules, every input file and every mapping, read and checked; nothing is written."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from jobs import exported, feedback, keys, layering, models, noted, outcomes, reach_models, readings, register, schema_state, tombstones
from jobs.partners import Partners
from jobs.permission import require_usable
from jobs.setup import CANONICAL, ENCODING, Setup, code_hash, key_id, versions
from skiptrace.compliance.settings import setting_problems
from skiptrace.errors import ConfigError, DataRefused, Problem
from skiptrace.export.holding import taken
from skiptrace.export.profiles import load_profile
from skiptrace.export.requests import load_layout
from skiptrace.ids import digest, file_digest
from skiptrace.intake.delivery import Delivery, survey
from skiptrace.intake.gate import Gate
from skiptrace.intake.partitions import Partition
from skiptrace.linkage import rules as linkage_rules
from skiptrace.linkage.fields import usable_keys, wanting
from skiptrace.plugins import rules_root
from skiptrace.project import FILE_NAME, PRIVATE, Portfolio, Project, Source, home_of, token_key
from skiptrace.reach.scoring import scorecards_hash
from skiptrace.rulebook import loading as rulebook
from skiptrace.schema import ACCOUNTS
from skiptrace.vocabulary import EVENT_KINDS


@dataclass(frozen=True)
class Options:
    """What the command line may set for one run."""

    as_of: dt.date | None = None
    scheduler: str | None = None
    limit: int | None = None
    exports: bool = True
    resume: str | None = None
    from_step: str | None = None
    to_step: str | None = None
    nightly: bool = False  # begin from the last published run where that is possible: see `jobs.night`
    unaided: bool = False  # learn the match model without the shipped one: how the shipped one is made


@dataclass(frozen=True)
class Found:
    """One delivery as found, with the kind of its source and the SHA-256 of each file."""

    delivery: Delivery
    kind: str
    hashes: tuple[str, ...]

    @property
    def name(self) -> str:
        """Name of the source."""
        return self.delivery.source

    def content(self) -> list[list[str]]:
        """Names and hashes of the files."""
        return [[file.name, sha256] for file, sha256 in zip(self.delivery.files, self.hashes, strict=True)]

    def forms(self) -> list[dict[str, Any]]:
        """How the files are written: what was declared and detected, a layout with all of its fields."""
        return [form.model_dump(mode="json") for form in self.delivery.forms]

    def plain(self) -> dict[str, Any]:
        """As the ledger lists it."""
        files = [{"name": name, "sha256": sha256} for name, sha256 in self.content()]
        return {
            "name": self.name, "kind": self.kind, "rows": self.delivery.rows, "files": files,
            "partitions": len(self.delivery.partitions), "ignored_columns": list(self.delivery.ignored),
            "read_as": sorted({form.told() for form in self.delivery.forms}), "unreadable_rows": self.delivery.unreadable,
        }  # fmt: skip


@dataclass(frozen=True)
class Prepared:
    """A run that may begin."""

    setup: Setup
    text: str
    run_id: str
    deliveries: tuple[Found, ...]
    hashes: dict[str, str]
    model_key: str
    warnings: tuple[str, ...] = field(default=())
    inputs: str = ""  # key of what a model is learned from
    begins: str = ""  # key of all that decides the run, but for what is known of accounts
    read_keys: dict[str, tuple[str, ...]] = field(default_factory=dict)  # see `jobs.readings`

    @property
    def rows(self) -> int:
        """Input rows of the run over all deliveries."""
        return sum(part.rows for parts in self.setup.partitions.values() for part in parts)

    def summary(self) -> dict[str, Any]:
        """What `check` shows: deliveries with files, rows, partitions and ignored columns; no values."""
        return {
            "project": self.setup.project.project.name, "as_of": self.setup.as_of.isoformat(), "run_id": self.run_id,
            "deliveries": [found.plain() for found in self.deliveries],
            "hashes": self.hashes, "warnings": list(self.warnings),
        }  # fmt: skip


def prepare(folder: Path, options: Options) -> Prepared:
    """Read and check everything a run needs. Writes nothing but, once, the private token key of this user.

    Raises ConfigError or PermissionRefused (exit 2), DataRefused (exit 3), each with every problem of its kind."""
    project = feedback.load_project(folder, os.environ)
    as_of = options.as_of or project.project.as_of or dt.datetime.now().astimezone().date()
    book, linkage = rulebook.load(), linkage_rules.load()
    require_usable(project, book, as_of)
    if problems := setting_problems(book, project):
        raise ConfigError(f"{project.file.name} names what the contact rules do not know", problems)
    Partners(project, os.environ).require_ready()
    private = home_of(folder).resolve() / PRIVATE
    keys.require_ready(project, private.parent)
    schema_state.refuse_newer(private)
    models.refuse_earlier_form(private)
    reach = reach_models.current_key(private)
    cards = reach_models.cards_of(private, reach)
    tokens = key_id(token_key(project, os.environ))
    found = find_deliveries(project, as_of)
    cut = {d.name: d.delivery.partitions for d in found}
    keys.refuse_destroyed(private.parent, dict.fromkeys(part.file.name for part in cut["portfolio"]))
    if options.limit is not None:
        cut["portfolio"] = _first(cut["portfolio"], options.limit)
    hashes = {
        "code": code_hash(), "rules": _content(rules_root()),
        "rulebook": book.hash, "linkage": linkage.hash, "token_key": tokens,
        "project": digest(project.content()), "scorecards": scorecards_hash(cards),
    }  # fmt: skip
    notes, forgotten = noted.standing(private), tombstones.names(private)
    inputs = digest(
        "inputs",
        [(d.name, d.content(), d.forms()) for d in found],
        project.content(),
        _basis(project, tokens),
        as_of.isoformat(),
        hashes["code"],
        hashes["rules"],
        options.limit,
        notes,
        *([forgotten] if forgotten else []),
    )
    encoding = code_hash(*ENCODING)
    model_key = models.in_use(private) or inputs
    past = outcomes.begun_with(private, inputs)
    begins = digest("begins", inputs, model_key, past.get("sha256"), reach)
    known, left = register.begun_with(private, begins), exported.begun_with(private, begins) if exported.is_asked(project) else {}
    run_key = digest("run", begins, known.get("head"), left.get("head"))
    files = read_keys(project, found, tokens, exported.read_with(left, as_of))
    read = readings.keys_on(private, files, as_of)
    setup = Setup(
        private / "work" / run_key,
        private,
        project,
        as_of,
        run_key,
        cut,
        {d.name: d.delivery.mapping for d in found},
        read,
        layering.layers_of(project, cut, read, [linkage.blocking_hash, encoding]),
        tokens,
        past,
        reach,
        options.limit,
        known,
        forgotten,
        notes,
        left,
    )
    file = folder / FILE_NAME if folder.is_dir() else folder
    return Prepared(
        setup, file.read_text(), f"{as_of:%Y%m%d}-{run_key[:12]}", found, hashes, model_key, _warnings(project, found), inputs, begins,
        files,
    )


def read_keys(project: Project, found: Sequence[Found], tokens: str, left: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The key of each partition's canonical tables, without the day they were read on, by source: its file, mapping, and the
    program's part that reads it; of results of an export also what is known to have left. `tokens`: see `jobs.setup.key_id`, `left`:
    `jobs.exported.read_with`."""
    results = {source.name for source in project.source if source.results_of}
    basis = [_basis(project, tokens), code_hash(*CANONICAL), _content(rules_root() / "words")]
    return {
        d.name: readings.file_keys(
            d.delivery, [*basis, d.name, _spec(project, d.name), *(left if d.name in results else ())]
        )
        for d in found if d.name != "portfolio"
    }  # fmt: skip


def _basis(project: Project, tokens: str) -> list[Any]:
    return [versions(), tokens, project.runtime.rows_per_partition, project.limits.judging()]


def find_deliveries(project: Project, as_of: dt.date, kinds: Collection[str] | None = None) -> tuple[Found, ...]:
    """Every delivery of the project, or those of some kinds of source; what is wrong with any of them, or with an export profile,
    is reported together. Raises ConfigError (exit 2) and DataRefused (exit 3)."""
    found, wrong, refused = [], list[ConfigError](), list[DataRefused]()
    for number, export in enumerate(project.export, 1):
        try:
            load_profile(export.profile)
            if export.place is not None:
                taken(ACCOUNTS.empty(), export.place, project.file.name, f"export[{number}].place")
        except ConfigError as error:
            wrong.append(error)
    for number, source in enumerate(project.source, 1):
        if source.order is not None:
            try:
                load_layout(source.order.layout, project.file.name, f"source[{number}].order.layout")
            except ConfigError as error:
                wrong.append(error)
    with Gate(project.limits) as gate:
        for number, spec in enumerate(project.deliveries()):
            if kinds is not None and spec.kind not in kinds:
                continue
            try:
                found.append(_find(project, spec, number, as_of, gate))
            except ConfigError as error:
                wrong.append(error)
            except DataRefused as error:
                refused.append(error)
    for errors, kind in ((wrong, ConfigError), (refused, DataRefused)):
        if len(errors) == 1:
            raise errors[0]
        if errors:
            problems = dict.fromkeys(problem for error in errors for problem in error.problems)
            raise kind("the run cannot begin", tuple(problems))
    return tuple(found)


def _content(folder: Path) -> str:
    """Hash of every file in a folder, at any depth, with its name."""
    return digest([(str(path.relative_to(folder)), file_digest(path)) for path in sorted(folder.rglob("*")) if path.is_file()])


def _find(project: Project, spec: Portfolio | Source, number: int, as_of: dt.date, gate: Gate) -> Found:
    place = "portfolio" if isinstance(spec, Portfolio) else feedback.key_of(project, spec, number)
    runtime = project.runtime
    found = survey(
        spec, project.folder, as_of, runtime.rows_per_partition, place, project.file.name, runtime.memory_limit or "2GB", project.limits,
        gate,
    )
    mapped = {item.column for item in found.mapping.items}
    if found.files and spec.kind not in EVENT_KINDS and not usable_keys(linkage_rules.load(), mapped):
        what = "maps no field by which a record could be found: nobody would ever be compared with it"
        problem = Problem(project.file.name, f"{place}.columns", what, wanting())
        raise ConfigError(f'source "{spec.name}" cannot be linked', (problem,))
    return Found(found, spec.kind, found.hashes)


def _spec(project: Project, name: str) -> dict[str, Any]:
    spec = next(d for d in project.deliveries() if d.name == name)
    plain: dict[str, Any] = spec.model_dump(mode="json")
    return {key: value for key, value in plain.items() if key not in ("path", "cost_per_record", "order")}


def _first(parts: tuple[Partition, ...], limit: int) -> tuple[Partition, ...]:
    return tuple(replace(part, rows=min(part.rows, limit - part.first_row)) for part in parts if part.first_row < limit)


def _warnings(project: Project, found: tuple[Found, ...]) -> tuple[str, ...]:
    out = []
    if project.compliance.operator_role is None:
        out.append("[compliance] is not filled in: rules that need it fail closed, so most uses will be stopped")
    out += [f'source "{d.name}" has no rows' for d in found if not d.delivery.rows and d.delivery.files]
    silent = {d.name for d in found if not d.delivery.files}
    awaited = dict.fromkeys(source.results_of for source in project.source if source.name in silent and source.results_of)
    out += [f'source "{source.name}" has answered no request yet' for source in project.source if source.name in silent and source.order]
    out += [f'no results of export "{export}" are there yet' for export in awaited]
    told = [d for d in found if d.name not in feedback.further(project)]
    out += [f'source "{d.name}": {name} holds what another file of it holds and is left out' for d in told for name in d.delivery.repeated]
    return tuple(out)
