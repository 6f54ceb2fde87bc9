"""What values rest on: for each source what it permits to this project, and in which exports what it shows may leave.

A contact point names its sources; so each point, decision and row of an export can be followed to the purposes under which its sources
came. An `[[export]]` with `purposes` is made for these alone: what only sources show that came for others stays (SRC-EXPORT).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from jobs.noted import SOURCE as NOTES
from skiptrace.compliance.licences import served
from skiptrace.project import Project
from skiptrace.project.model import Export, Source
from skiptrace.rulebook.model import Rulebook
from skiptrace.vocabulary import CHANNELS

PORTFOLIO = "portfolio"


@dataclass(frozen=True)
class Basis:
    """What a source permits here: the purposes that it shares with the project, the channels that its data may serve, and the exports that
    it may leave in."""

    source: str
    kind: str
    purposes: tuple[str, ...]
    channels: tuple[str, ...]
    exports: tuple[str, ...]


def bases(project: Project, rulebook: Rulebook, named: Collection[str] | None = None) -> tuple[Basis, ...]:
    """The basis of the portfolio and of every source, or of those that are named, in the file's order."""
    every, own = tuple(export.name for export in project.export), project.project.purposes
    found = [Basis(PORTFOLIO, PORTFOLIO, own, CHANNELS, every), *(_basis(source, project, rulebook) for source in project.source)]
    return tuple(basis for basis in found if named is None or basis.source in named)


def _basis(source: Source, project: Project, rulebook: Rulebook) -> Basis:
    shared = tuple(purpose for purpose in source.purposes if purpose in project.project.purposes)
    leaves = tuple(export.name for export in project.export if may_leave(source, export))
    return Basis(source.name, source.kind, shared, served(source, project.project.purposes, rulebook), leaves)


def may_leave(source: Source, export: Export) -> bool:
    """Whether what a source shows may leave in an export: its entry lets it, and it came for one of the export's purposes."""
    named = source.exports is None or export.name in source.exports
    return named and (export.purposes is None or bool(set(export.purposes) & set(source.purposes)))


def limits(project: Project, export: Export) -> Mapping[str, Sequence[str] | None]:
    """For each source, and for notes, the exports that its data may leave in as `skiptrace.export.lineage` takes them: None for any."""
    found: dict[str, Sequence[str] | None] = {NOTES: None}
    for source in project.source:
        found[source.name] = source.exports if may_leave(source, export) else ()
    return found


def told(project: Project, export: Export, rulebook: Rulebook) -> dict[str, Any]:
    """What the manifest of an export says: the purposes that it is made for, and of each source what it permits and whether it may leave
    here. With `sources` of a row's contact point, this says what the row rests on."""
    sources = [
        {**{key: value for key, value in asdict(basis).items() if key != "exports"}, "leaves": export.name in basis.exports}
        for basis in bases(project, rulebook)
    ]
    return {"for": list(export.purposes or project.project.purposes), "sources": sources}
