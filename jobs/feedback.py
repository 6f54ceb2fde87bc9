"""What comes back from platforms and agencies: each [[feedback]] of a project, as the sources of past attempts that it stands for.

A row of an export may be about several accounts of one consumer, and one call about three debts is an attempt on each of them, so a
result file is one source per account that a row may be about (see `skiptrace.export.results`).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jobs import exported
from skiptrace.errors import ConfigError, Problem
from skiptrace.export.profiles import load_profile
from skiptrace.intake.exported import NEVER, Exported
from skiptrace.project import Project, Source, load
from skiptrace.project.model import MOST_SOURCES
from skiptrace.rulebook.loading import load as load_rulebook
from skiptrace.store.objects import ObjectPath


def load_project(path: Path | ObjectPath, environ: Mapping[str, str]) -> Project:
    """The project file with its feedback as sources. Raises ConfigError (exit 2) as `skiptrace.project.load`, and where a profile
    states no result file or a name is taken."""
    project = load(path, environ)
    sources, problems = list(project.source), list[Problem]()
    taken = {source.name.casefold() for source in sources}
    for number, entry in enumerate(project.feedback, 1):
        key = f"feedback[{number}].export"
        export = next(one for one in project.export if one.name == entry.export)
        try:
            profile = load_profile(export.profile)
        except ConfigError:  # told with the other exports, before anything is read
            continue
        if profile.result is None:
            mend = "describe the file that comes back in [result] of the profile, or map it as a [[source]]"
            problems.append(Problem(project.file.name, key, f'profile "{profile.name}" states no result file', mend))
            continue
        for place in range(1, profile.accounts + 1):
            name = name_of(entry.export, place)
            if name.casefold() in taken:
                problems.append(Problem(project.file.name, key, f'a source is named "{name}" already', "name that source otherwise"))
            plain = {
                "name": name, "path": entry.path, "kind": "dispositions", "purposes": project.project.purposes,
                "where": profile.result.condition(place), "required": entry.required, "max_age_days": entry.max_age_days,
                "columns": {column: (text,) for column, text in sorted(profile.result.mapping(place).items())},
                "results_of": entry.export, "file": entry.file,
            }  # fmt: skip
            sources.append(Source.model_validate(plain))
    if len(sources) > MOST_SOURCES:
        problems.append(Problem(project.file.name, "feedback", f"makes {len(sources)} sources", f"there may be {MOST_SOURCES}"))
    if problems:
        raise ConfigError(f"{project.file.name} cannot be used", tuple(problems))
    return project.model_copy(update={"source": tuple(sources)}).at(project.file) if project.feedback else project


def name_of(export: str, place: int) -> str:
    """The name of the source that holds the attempts on the account at a place of its row, from 1."""
    return f"{export[:52]}_results" + (f"_{place}" if place > 1 else "")


def key_of(project: Project, source: Source, number: int) -> str:
    """Where a source stands in the project file: `source[number]`, or the entry of feedback that it is of."""
    return next((f"feedback[{at}]" for at, entry in enumerate(project.feedback, 1) if _is_of(source, entry.export)), f"source[{number}]")


def _is_of(source: Source, export: str) -> bool:
    return source.results_of == export and source.name.startswith(name_of(export, 1))


def further(project: Project) -> set[str]:
    """The names of sources that read again what the first source of their entry reads."""
    firsts = {name_of(entry.export, 1) for entry in project.feedback}
    return {source.name for source in project.source if source.results_of and source.name.rpartition("_")[0] in firsts}


def sent_out(source: Source, known: dict[str, Any]) -> Exported | None:
    """What left in exports, for reading a source that holds results of one; None for other sources, and where no export is known
    yet. known: see `jobs.exported.begun_with`."""
    if source.results_of is None or not known:
        return None
    outcomes = load_rulebook().outcomes
    heeded = tuple(sorted(name for name, one in outcomes.items() if one.opt_out))
    return Exported(exported.pairs(known), exported.since(known), heeded)


def told(project: Project, deliveries: Mapping[str, Mapping[str, Any]], counts: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What `run.json` says of feedback, an entry per export: files, rows of them, `attempts` that are used, one for each account of a
    row, attempts rejected by reason, and `heeded`, those on an account that never left there which act all the same.

    deliveries: by name, as the ledger lists them; counts: see `jobs.ledger.totals`."""
    found = []
    for entry in project.feedback:
        names = [source.name for source in project.source if _is_of(source, entry.export)]
        rejected: dict[str, int] = {}
        for reason, rows in (pair for name in names for pair in counts[name]["rejected"].items()):
            rejected[reason] = rejected.get(reason, 0) + rows
        heeded = sum(counts[name]["values_by_column"].get("account_id", {}).get(NEVER, 0) for name in names)
        first = deliveries[names[0]]
        found.append({
            "export": entry.export, "files": len(first["files"]), "rows": first["rows"],
            "attempts": sum(counts[name]["rows_out"] for name in names), "rejected": dict(sorted(rejected.items())), "heeded": heeded,
        })  # fmt: skip
    return found
