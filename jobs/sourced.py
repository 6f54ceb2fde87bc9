"""What a project's sources are and what each is worth: by what the last run found, and by what they cost."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from jobs.publish import figures_of
from skiptrace.project import Project
from skiptrace.report.figures import is_small
from skiptrace.report.worth import Credit, Game, Part
from skiptrace.results import Run
from skiptrace.vocabulary import EVENT_KINDS

Plain = dict[str, Any]


def listed(project: Project, run: Run | None) -> list[Plain]:
    """Every source in the file's order: name, kind, purposes, the limits of its licence, its price, and of the last run its rows, files,
    newest day and the accounts that it linked (None for a list, and where there is no run)."""
    ledger: Mapping[str, Any] = {} if run is None else run.ledger
    told = {one["name"]: one for one in ledger.get("sources", ())}
    arrived, linked = ledger.get("arrivals", {}), ledger.get("linked_by", {})
    found = []
    for source in project.source:
        seen = told.get(source.name, {})
        found.append({
            "name": source.name, "kind": source.kind, "purposes": list(source.purposes), "cost_per_record": source.cost_per_record,
            "contract_expires": source.contract_expires, "retention_days": source.retention_days, "required": source.required,
            "rows": seen.get("rows"), "files": len(seen["files"]) if "files" in seen else None,
            "newest": arrived.get(source.name, {}).get("newest"),
            "linked_accounts": None if run is None or source.kind in EVENT_KINDS else linked.get(source.name, 0),
        })  # fmt: skip
    return found


def valued(run: Run, contact: Decimal | None = None) -> Plain:
    """What each source of a run is worth, over all channels and by channel: what it would reach alone beyond the portfolio's own points,
    what the run would lose without it (`last`) and its Shapley part (`fair`), in expected accounts reached and their balance; of a
    source with a price what it cost, and what each contact costs that would be missing without it. All before the contact rules.

    `contact`: what a right-party contact is worth to the user; of each source with a price then what it earned beyond that (`net`), and the
    price at which it would earn nothing (`break_even`). Cells of few accounts are None. Raises as `jobs.publish.figures_of`."""
    worth, linked = figures_of(run).worth, run.ledger.get("linked_by", {})
    sources = []
    for credit in worth.games[0].credits if worth.games else ():
        one = _plain(credit)
        cost = worth.costs.get(credit.source)
        if cost is not None:
            one |= {"cost": cost, "cost_per_added_contact": worth.price_of_one(credit)}
            if contact is not None and not is_small(credit.only):
                earned, accounts = contact * credit.last.reached, int(linked.get(credit.source, 0))
                one |= {"net": earned - cost, "break_even": earned / accounts if accounts else None}
        sources.append(one)
    games = [{"channel": game.channel, **_sums(game), "sources": [_plain(one) for one in game.credits]} for game in worth.games]
    return {"run_id": run.run_id, "as_of": run.ledger.get("as_of"), "sources": sources, "channels": games}


def _plain(credit: Credit) -> Plain:
    few = is_small(credit.accounts)
    return {
        "name": credit.source, "accounts": None if few else credit.accounts, "only": None if is_small(credit.only) else credit.only,
        **{name: None if few else _part(getattr(credit, name)) for name in ("alone", "last", "fair")},
    }  # fmt: skip


def _sums(game: Game) -> Plain:
    return {"whole": _part(game.whole), "portfolio": _part(game.own)}


def _part(part: Part) -> Plain:
    return {"reached": part.reached, "balance": part.balance}
