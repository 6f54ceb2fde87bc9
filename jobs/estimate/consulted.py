"""Which accounts are asked about at sources that cost money, and what each source is expected to cost.

An account that the contact rules hold by what is known before any source is read is asked of no source with a price."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from jobs.estimate.samples import Sampled
from jobs.lists import lists_now
from jobs.setup import Setup
from skiptrace.compliance import accounts, screening
from skiptrace.compliance.history import gather
from skiptrace.onboard import inventory, placing
from skiptrace.rulebook import loading
from skiptrace.vocabulary import EVENT_KINDS


def held(setup: Setup, sampled: Sampled) -> NDArray[np.bool_] | None:
    """Which of the sampled accounts contact rules hold by the tape, and by lists, past contacts, placements and account events as they are
    delivered; None where no source has a price, so that nobody asks. Answers to steps are not heard: they lift what the tape says, and an
    estimate rather says too much. Raises as `lists_now`."""
    if not any(source.cost_per_record for source in setup.project.source):
        return None
    rulebook, told = loading.load(), lists_now(setup.project, setup.private, setup.as_of)
    facts = accounts.build_accounts(
        sampled.tape, as_of=setup.as_of, rulebook=rulebook, settings=setup.project.compliance.model_dump(),
        history=gather(rulebook, setup.as_of, told.events, told.suppressions, attempts_delivered=told.events is not None),
        inventory=inventory.states(sampled.tape, told.account_events, setup.as_of), placed=placing.held(told.placements, setup.as_of),
    )  # fmt: skip
    holds = screening.screen_accounts(facts, rulebook, setup.as_of)
    ids = holds.filter(pc.greater(pc.list_value_length(holds["holds"]), 0))["account_id"].combine_chunks()
    apart: NDArray[np.bool_] = np.asarray(pc.is_in(sampled.identities["record_id"], pa.array(ids, pa.string())), np.bool_)
    return apart


def skipped(setup: Setup, apart: NDArray[np.bool_] | None) -> NDArray[np.bool_] | None:
    """Who of the held accounts is not compared with which layer of the index, bool [accounts, layers]."""
    if apart is None:
        return None
    cost = {source.name: source.cost_per_record for source in setup.project.source}
    found: NDArray[np.bool_] = apart[:, None] & np.array([cost[layer.source] > 0 for layer in setup.layers], bool)[None, :]
    return found


def by_source(setup: Setup, share: float, linked: Mapping[str, float], without: Mapping[str, float]) -> list[dict[str, Any]]:
    """Of each source its rows and partitions, and of how many of these nothing must be read; of one of records the accounts that it is
    asked about and those it is expected to link, and where it has a price what these cost, and what all that it is asked about would.

    share: of accounts that are held; linked: share of accounts that a source linked in the last run; without: of sampled accounts the
    share without a likely record of a source, where no run tells."""
    rows = sum(part.rows for part in setup.partitions["portfolio"])
    told = []
    for source in setup.project.source:
        parts = setup.partitions[source.name]
        read = sum(setup.delivered(source.name, number).is_file() for number in range(len(parts)))
        one: dict[str, Any] = {
            "name": source.name, "kind": source.kind, "rows": sum(part.rows for part in parts), "partitions": len(parts), "read": read,
            "cost_per_record": source.cost_per_record or None, "asked": None, "linked": None, "cost": None, "cost_most": None,
        }  # fmt: skip
        if source.kind not in EVENT_KINDS:
            asked = rows * (1.0 - share if source.cost_per_record else 1.0)
            likely = linked.get(source.name, 1.0 - without.get(source.name, 1.0))
            one["asked"], one["linked"] = round(asked), round(likely * rows)
            if source.cost_per_record:
                one["cost"], one["cost_most"] = (round(source.cost_per_record * count, 2) for count in (likely * rows, asked))
        told.append(one)
    return told
