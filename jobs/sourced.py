"""What a project's sources are and what each is worth: by what the last run found, and by what they cost."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from jobs.publish import figures_of
from jobs.waterfall.prices import of_source
from skiptrace.project import Project
from skiptrace.report.earning import earned as told
from skiptrace.report.earning import earning
from skiptrace.report.figures import is_small
from skiptrace.report.overlap import Overlap
from skiptrace.report.worth import Credit, Game, Part
from skiptrace.results import Run
from skiptrace.vocabulary import EVENT_KINDS

Plain = dict[str, Any]
_ENDS = ("low", "high")


def listed(project: Project, run: Run | None) -> list[Plain]:
    """Every source in the file's order: name, kind, purposes, the limits of its licence, its price, and of the last run its rows, files,
    newest day and the accounts that it linked (None for a list, and where there is no run); of a source that is asked by requests what an
    account costs (`asked_for`)."""
    ledger: Mapping[str, Any] = {} if run is None else run.ledger
    told = {one["name"]: one for one in ledger.get("sources", ())}
    arrived, linked = ledger.get("arrivals", {}), ledger.get("linked_by", {})
    found = []
    for source in project.source:
        seen = told.get(source.name, {})
        found.append({
            "name": source.name, "kind": source.kind, "purposes": list(source.purposes), "cost_per_record": source.cost_per_record,
            "asked_for": None if source.order is None else of_source(source).plain(),
            "contract_expires": source.contract_expires, "retention_days": source.retention_days, "required": source.required,
            "rows": seen.get("rows"), "files": len(seen["files"]) if "files" in seen else None,
            "newest": arrived.get(source.name, {}).get("newest"),
            "linked_accounts": None if run is None or source.kind in EVENT_KINDS else linked.get(source.name, 0),
        })  # fmt: skip
    return found


def valued(run: Run, contact: Decimal | None = None) -> Plain:
    """What each source of a run is worth, over all channels and by channel: what it would reach alone beyond the portfolio's own points,
    what the run would lose without it (`last`) and its Shapley part (`fair`), in expected accounts reached and their balance; of a
    source with a price what it cost, and what each contact costs that would be missing without it. `…_low` and `…_high`: intervals of 95 %.
    All before the contact rules. `overlap`: of the contact points that a source shows the share that each other one shows too, the
    portfolio among them. `words`: what it would take for each source to earn its price.

    `contact`: what a right-party contact is worth to the user; of each source with a price then what it earned beyond that (`net`), and the
    price at which it would earn nothing (`break_even`). Cells of few accounts are None. Raises as `jobs.publish.figures_of`."""
    report, linked = figures_of(run), run.ledger.get("linked_by", {})
    worth, words, sources = report.worth, list(earning(report.worth)), []
    prices = {str(one["name"]): Decimal(str(one.get("cost_per_record") or 0)) for one in run.ledger.get("sources", ())}
    for credit in worth.games[0].credits if worth.games else ():
        one = _plain(credit)
        cost = worth.costs.get(credit.source)
        if cost is not None:
            low, high = worth.prices_of_one(credit) or (None, None)
            one |= {"cost": cost, "cost_per_added_contact": worth.price_of_one(credit)}
            one |= {"cost_per_added_contact_low": low, "cost_per_added_contact_high": high}
            if contact is not None and not is_small(credit.only):
                earned, accounts = contact * credit.last.reached, int(linked.get(credit.source, 0))
                one |= {"net": earned - cost, "break_even": earned / accounts if accounts else None}
                one |= {f"net_{end}": contact * part.reached - cost for end, part in zip(_ENDS, credit.between["last"], strict=True)}
                words.append(told(credit, cost, prices[credit.source], accounts, contact))
        sources.append(one)
    games = [{"channel": game.channel, **_sums(game), "sources": [_plain(one) for one in game.credits]} for game in worth.games]
    return {
        "run_id": run.run_id, "as_of": run.ledger.get("as_of"), "sources": sources, "channels": games, "overlap": _shared(report.overlap),
        "words": words,
    }  # fmt: skip


def _shared(overlap: Overlap) -> Plain:
    """By source its points, and by other source the share of them; None where either is few."""
    return {
        source: {
            "points": None if is_small(points) else points,
            "shared": {
                other: None if is_small(points) or is_small(overlap.of(source, other)) else overlap.of(source, other) / points
                for other in overlap.points if other != source
            },
        }
        for source, points in overlap.points.items()
    }  # fmt: skip


def _plain(credit: Credit) -> Plain:
    few = is_small(credit.accounts)
    return {
        "name": credit.source, "accounts": None if few else credit.accounts, "only": None if is_small(credit.only) else credit.only,
        **{name: None if few else _part(getattr(credit, name)) | _ends(credit, name) for name in ("alone", "last", "fair")},
    }  # fmt: skip


def _ends(credit: Credit, name: str) -> Plain:
    ends = zip(_ENDS, credit.between.get(name, ()), strict=False)
    return {f"{what}_{end}": value for end, part in ends for what, value in _part(part).items()}


def _sums(game: Game) -> Plain:
    return {"whole": _part(game.whole), "portfolio": _part(game.own)}


def _part(part: Part) -> Plain:
    return {"reached": part.reached, "balance": part.balance}
