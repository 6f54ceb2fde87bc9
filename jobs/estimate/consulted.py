"""What each source is expected to cost: accounts that it is asked about, accounts that it links, and the price of these.

An account that the contact rules hold by what is known before any source is read is asked of no source that costs money."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow.compute as pc

from jobs.estimate.pairs import Brought
from jobs.estimate.samples import Sampled
from jobs.lists import lists_now
from jobs.setup import Setup
from skiptrace.compliance import accounts, screening
from skiptrace.compliance.history import gather
from skiptrace.onboard import inventory, placing
from skiptrace.rulebook import loading
from skiptrace.vocabulary import EVENT_KINDS


def by_source(setup: Setup, sampled: Sampled, linked: Mapping[str, float], found: Brought) -> list[dict[str, Any]]:
    """Of each source its rows and partitions, and of how many of these nothing must be read; of one with a price accounts that it is
    asked about, those it is expected to link, and the cost: of these where past runs tell, else at most that of all it is asked about."""
    rows = sum(part.rows for part in setup.partitions["portfolio"])
    paid = any(source.cost_per_record for source in setup.project.source)
    asked = rows * (1.0 - held(setup, sampled)) if paid else float(rows)
    told = []
    for source in setup.project.source:
        parts = setup.partitions[source.name]
        read = sum(setup.delivered(source.name, number).is_file() for number in range(len(parts)))
        one: dict[str, Any] = {
            "name": source.name, "kind": source.kind, "rows": sum(part.rows for part in parts), "partitions": len(parts), "read": read,
            "cost_per_record": source.cost_per_record or None, "asked": None, "linked": None, "cost": None, "cost_most": None,
        }  # fmt: skip
        if source.cost_per_record and source.kind not in EVENT_KINDS:
            share = linked.get(source.name)
            one["asked"], one["cost_most"] = round(asked), round(source.cost_per_record * asked, 2)
            if share is not None:
                one["linked"], one["cost"] = round(share * rows), round(source.cost_per_record * share * rows, 2)
        told.append(one)
    return told


def held(setup: Setup, sampled: Sampled) -> float:
    """The share of sampled accounts that contact rules hold by the tape, lists, past contacts and account events as they are delivered.
    Answers to steps are not asked: they lift what the tape says, and an estimate rather says too much."""
    if not len(sampled.tape):
        return 0.0
    rulebook, told = loading.load(), lists_now(setup.project, setup.private, setup.as_of)
    facts = accounts.build_accounts(
        sampled.tape, as_of=setup.as_of, rulebook=rulebook, settings=setup.project.compliance.model_dump(),
        history=gather(rulebook, setup.as_of, told.events, told.suppressions, attempts_delivered=told.events is not None),
        inventory=inventory.states(sampled.tape, told.account_events, setup.as_of), placed=placing.held(told.placements, setup.as_of),
    )  # fmt: skip
    holds = screening.screen_accounts(facts, rulebook, setup.as_of)
    return float(pc.mean(pc.greater(pc.list_value_length(holds["holds"]), 0)).as_py() or 0.0)
