"""Everything that deciding whom to ask rests on, put together on a day: run, ledger, prices, facts, and what is known of sources.

Nothing is written here. `skiptrace waterfall order` and `skiptrace plan --budget` both begin from it.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from jobs.permission import require_usable
from jobs.waterfall import facts, history, holding, log, people, prices
from jobs.waterfall.log import State
from skiptrace.errors import ConfigError, Problem
from skiptrace.ids import digest
from skiptrace.project import PRIVATE, Project, Source, home_of, token_key
from skiptrace.project.waterfall import Waterfall
from skiptrace.results import Run, latest
from skiptrace.rulebook.loading import load as load_rulebook
from skiptrace.store.places import Place
from skiptrace.waterfall import priors
from skiptrace.waterfall.behaviour import Behaviour
from skiptrace.waterfall.learning import learn
from skiptrace.waterfall.offers import Offer, Policy


@dataclass(frozen=True)
class Ready:
    """The project with its ledger and its last run on a day. `committed`: what each request costs or may cost at most; `left`: what of the
    budget is still free; `may`: of each source which accounts may be sent to it (see `skiptrace.waterfall.choosing.choose`)."""

    project: Project
    section: Waterfall
    sources: tuple[Source, ...]
    home: Place
    run: Run
    as_of: dt.date
    state: State
    asks: pa.Table
    committed: Mapping[str, Decimal]
    left: Decimal
    tape: pa.Table
    facts: pa.Table
    may: Mapping[str, NDArray[np.bool_]]
    behaviour: Behaviour

    @property
    def private(self) -> Place:
        """The project's private folder."""
        return self.home / PRIVATE

    @property
    def stage(self) -> int:
        """The number of the next order of this budget, from 1."""
        begins = self.section.begins
        return 1 + sum(begins is None or dt.date.fromisoformat(order["as_of"]) >= begins for order in self.state["orders"])

    @property
    def offers(self) -> tuple[Offer, ...]:
        """The sources that can be asked, with what may still be spent on each."""
        return tuple(prices.offer(source, self.room(source)) for source in self.sources)

    @property
    def policy(self) -> Policy:
        """What may still be spent, and how."""
        one = self.section
        return Policy(
            float(max(self.left, Decimal(0))), ceiling=one.ceiling, target=one.target, least=one.least, explore=one.explore,
            held_out=one.held_out, order=one.fixed, stages=one.stages, seed=one.seed,
        )  # fmt: skip

    @property
    def policy_key(self) -> str:
        """What of the project file an order depends on."""
        named = [(source.name, source.cost_per_record, source.order and source.order.model_dump(mode="json")) for source in self.sources]
        return digest("policy", self.section.model_dump(mode="json"), named)

    def room(self, source: Source) -> Decimal | None:
        """What may still be promised to a source; None where only the whole budget bounds it."""
        if source.order is None or source.order.budget is None:
            return None
        requests = self.state["requests"]
        spent = sum((amount for name, amount in self.committed.items() if requests[name]["source"] == source.name), Decimal(0))
        return max(prices.exact(source.order.budget) - spent, Decimal(0))


def day_of(project: Project, as_of: dt.date | None, now: dt.datetime) -> dt.date:
    """The day that a command is about: the one it names, or the project file, or today."""
    return as_of or project.project.as_of or now.date()


def ready(project: Project, as_of: dt.date) -> Ready:
    """Everything on a day. Raises ConfigError (exit 2) where no source is asked, where there is no published run, for a day before that of
    the run, and where a source may not be used; DataRefused (exit 3) where a list, the tape or the ledger cannot be trusted."""
    sources = prices.ordered(project)
    assert project.waterfall is not None  # noqa: S101 - `ordered` refuses a project without
    require_usable(project, load_rulebook(), as_of)
    home, run, section = home_of(project.file).resolve(), latest(project.folder), project.waterfall
    refuse_past(run, as_of)
    private, key = home / PRIVATE, token_key(project, os.environ)
    state = log.now(private)
    found = history.history(private, state, history.points_of(run), as_of)
    committed = history.committed(state, found, section.begins)
    tape = people.on_tape(project, as_of)
    held = holding.held(run, project, private, key, as_of)
    table = facts.facts(run, private, section, found, tape, held, as_of)
    states = run.table("accounts", ["account_id", "state"]).sort_by("account_id")["state"]
    return Ready(
        project, section, sources, home, run, as_of, state, found, committed,
        prices.exact(section.budget) - sum(committed.values(), Decimal(0)), tape, table, holding.may_be_sent(sources, states, as_of),
        learn(history.asks_of(found), priors.load(), [source.name for source in sources]),
    )  # fmt: skip


def refuse_past(run: Run, as_of: dt.date) -> None:
    """Raise ConfigError (exit 2) for a day before that of the run."""
    day = dt.date.fromisoformat(str(run.ledger["as_of"]))
    if as_of < day:
        problem = Problem("run.json", "as_of", f"the run is of {day}, and sources would be asked on {as_of}", "correct the day")
        raise ConfigError("sources cannot be asked before the day of the last run", (problem,))
