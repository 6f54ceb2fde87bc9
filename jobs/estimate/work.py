"""The work of a run as tasks with their units: of one that is to be made, and of one that was published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jobs import models
from jobs.estimate.costs import Cost, Costs, Job
from jobs.learn import LEARN_FROM
from jobs.prepare import Prepared
from skiptrace.linkage.train import ENOUGH_PAIRS
from skiptrace.vocabulary import EVENT_KINDS

ONE_TASK = ("verdict", "learn-reference", "fit", "resolve", "consumers", "share", "sought", "handed")
"""Kinds that are one task of the whole run, however it is cut."""


@dataclass(frozen=True)
class Sizes:
    """How large a run is. accounts: rows of each partition of the portfolio; new_rows: of each partition of a source that was not read
    yet; new_layers: records of each layer of the index that is not built; records: of all layers; pairs: compared; uses: of all accounts;
    learns: whether the match model is learned; resolves: whether the persons of the reference are found anew."""

    accounts: tuple[int, ...]
    new_rows: tuple[int, ...]
    new_layers: tuple[int, ...]
    records: int
    pairs: float
    uses: float
    learns: bool
    resolves: bool


def ahead(prepared: Prepared, built: set[int], costs: Costs, uses: float | None) -> Sizes:
    """The size of a run that was not begun, with pairs and uses as before or as shipped. built: numbers of the layers that are there."""
    setup, parts = prepared.setup, prepared.setup.partitions
    accounts = tuple(part.rows for part in parts["portfolio"])
    unread = [
        parts[source][number].rows for source in sorted(parts) if source != "portfolio" for number in range(len(parts[source]))
        if not setup.delivered(source, number).is_file()
    ]  # fmt: skip
    layers = [sum(parts[one.source][number].rows for number in one.parts) for one in setup.layers]
    model = models.model_file(setup.private, prepared.model_key)
    learns = not model.is_file()
    resolves = learns or len(built) < len(layers) or not (setup.entities(models.content_key(model)) / "resolved.json").is_file()
    rates, whole = costs.rates, sum(accounts)
    each = uses or sum(rates[name] for name in ("uses_address", "uses_phone", "uses_email"))
    return Sizes(
        accounts, tuple(unread), tuple(rows for number, rows in enumerate(layers) if number not in built), sum(layers),
        rates["pairs_account"] * whole, each * whole, learns, resolves,
    )  # fmt: skip


def jobs_of(costs: Costs, sizes: Sizes) -> list[Job]:
    """Every kind of task with the units of each task; kinds without any are left out."""
    found = []
    for cost in costs.kinds:
        tasks = tuple(units for units in _units(cost, sizes) if units > 0)
        if tasks:
            found.append(Job(cost, tasks))
    return found


def _units(cost: Cost, sizes: Sizes) -> Sequence[float]:
    whole = max(sum(sizes.accounts), 1)
    if cost.kind.startswith("learn") or cost.kind == "fit":
        part = min(LEARN_FROM / whole, 1.0)
        if not sizes.learns or (cost.kind == "fit" and part * sizes.pairs < ENOUGH_PAIRS):
            return ()
        if cost.unit == "learned":
            return (min(sizes.records, LEARN_FROM),)
        return (part * sizes.pairs,) if cost.kind in ONE_TASK else [part * units for units in _spread(sizes.pairs, sizes.accounts)]
    if cost.kind == "resolve" and not sizes.resolves:
        return ()
    units: dict[str, Sequence[float]] = {
        "row": sizes.new_rows, "account": sizes.accounts, "pair": _spread(sizes.pairs, sizes.accounts),
        "use": _spread(sizes.uses, sizes.accounts), "record": sizes.new_layers if cost.step == "index" else (sizes.records,),
    }  # fmt: skip
    found = units[cost.unit]
    return (sum(found),) if cost.kind in ONE_TASK else found


def _spread(amount: float, accounts: Sequence[int]) -> list[float]:
    whole = max(sum(accounts), 1)
    return [amount * rows / whole for rows in accounts]


def sizes_of(ledger: Mapping[str, Any]) -> Sizes:
    """The size of a published run by its ledger. One that learned a model is taken to have read and indexed everything."""
    anew = "learn" in ledger["timings"].get("link", {}).get("tasks", {})
    sources = [one for one in ledger["sources"] if anew]
    index = ledger["linkage"]["index"]
    layers = len(index["sources"])
    records = [one["rows"] for one in ledger["sources"] if one["kind"] not in EVENT_KINDS]
    new = [records[0] / layers] * layers if layers and len(records) == 1 else records
    return Sizes(
        _equal(ledger["portfolio"]["rows"], ledger["portfolio"]["partitions"]),
        tuple(rows for one in sources for rows in _equal(one["rows"], one["partitions"])),
        tuple(int(rows) for rows in new) if anew else (), int(index["people"]), float(ledger["linkage"]["pairs"]),
        float(ledger["tables"]["channels"]["rows"]), anew, anew,
    )  # fmt: skip


def _equal(rows: int, parts: int) -> tuple[int, ...]:
    return tuple(rows * (place + 1) // parts - rows * place // parts for place in range(parts))
