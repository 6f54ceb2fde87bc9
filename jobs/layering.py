"""Which files of a source share a layer of the reference index.

A new delivery becomes a layer of its own, so that it costs its own size; small layers are joined from time to time, so that a probe
does not ask hundreds of them. The plan is made of the files' rows alone, in their order, and so is the same for every run on them. It
moves links only where values of keys are hot: each layer counts its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from jobs.setup import LayerPlan
from skiptrace.ids import digest
from skiptrace.intake.partitions import Partition
from skiptrace.project import Project
from skiptrace.vocabulary import EVENT_KINDS


def groups(rows: Sequence[int]) -> list[list[int]]:
    """Positions of files that share a layer, for their rows in order. A file joins the one before it where that has no more rows, and
    so on: layers grow by doubling, and each row is joined with others as often as that takes."""
    stack: list[tuple[int, list[int]]] = []
    for at, count in enumerate(rows):
        whole, mine = count, [at]
        while stack and stack[-1][0] <= whole:
            before, theirs = stack.pop()
            whole, mine = before + whole, theirs + mine
        stack.append((whole, mine))
    return [mine for _, mine in stack]


def layers_of(
    project: Project, partitions: Mapping[str, Sequence[Partition]], keys: Mapping[str, Sequence[str]], basis: object
) -> tuple[LayerPlan, ...]:  # fmt: skip
    """The layers of all sources of records, by source. `keys`: of each partition's canonical tables; `basis`: what else a layer is
    made by."""
    found = []
    for source in sorted(one.name for one in project.source if one.kind not in EVENT_KINDS):
        parts = partitions[source]
        files: list[list[int]] = []
        for number, part in enumerate(parts):
            if part.piece:
                files[-1].append(number)
            else:
                files.append([number])
        whole = [sum(parts[number].rows for number in one) for one in files]
        for group in groups(whole) or [[]]:
            numbers = tuple(number for at in group for number in files[at])
            key = digest("layer", source, [keys[source][number] for number in numbers], basis)
            found.append(LayerPlan(source, key, numbers))
    return tuple(found)
