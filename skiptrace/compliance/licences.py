"""What the sources of a point permit: the regimes they fall under, and whether one of them allows a use of the point.

A value that several sources show may be used as the most generous of them permits, for each has delivered it on its own.
What the portfolio itself brought is the user's own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from skiptrace.errors import Problem
from skiptrace.project import Project, Source
from skiptrace.rulebook.model import Rulebook
from skiptrace.sql import query
from skiptrace.vocabulary import CHANNELS, EVENT_KINDS

PORTFOLIO = "portfolio"


@dataclass(frozen=True)
class Licence:
    """What one source permits. `regimes`: fcra, glba, … of the purposes it shares with the run; `channels` and `states`: None
    where it limits nothing; `not_states`: states in which it may not be used; `until`: last day of its contract."""

    regimes: tuple[str, ...]
    channels: tuple[str, ...] | None = None
    states: tuple[str, ...] | None = None
    not_states: tuple[str, ...] = ()
    until: dt.date | None = None

    def allows(self, channel: str, state: str | None, as_of: dt.date) -> bool:
        """Whether a use on a channel is permitted in a state; a state that is not known is inside no limit."""
        if not self.regimes or (self.channels is not None and channel not in self.channels):
            return False
        return self.covers(state, as_of)

    def covers(self, state: str | None, as_of: dt.date) -> bool:
        """Whether the contract holds on a day for a person of a state; as in `allows`."""
        if self.until is not None and as_of > self.until:
            return False
        if self.states is not None and state not in self.states:
            return False
        return not self.not_states or (state is not None and state not in self.not_states)


def licence_of(source: Source, purposes: Collection[str], rulebook: Rulebook) -> Licence:
    """What a source of the project file permits to a run for these purposes."""
    shared = [purpose for purpose in source.purposes if purpose in purposes]
    regimes = tuple(sorted({purpose.split(".")[0] for purpose in shared}))
    return Licence(regimes, served(source, purposes, rulebook), source.states, source.except_states, source.contract_expires)


def served(source: Source, purposes: Collection[str], rulebook: Rulebook) -> tuple[str, ...]:
    """Channels that a source may serve in a run for these purposes: those that one of the purposes it came under allows, within the
    limits of its kind (sources.toml) and of its own entry."""
    shared = [purpose for purpose in source.purposes if purpose in purposes]
    limits = rulebook.purpose_limits
    by_purpose = {channel for purpose in shared for channel in (limits[purpose].channels if purpose in limits else CHANNELS)}
    by_kind = rulebook.kind_limits[source.kind].channels if source.kind in rulebook.kind_limits else CHANNELS
    own = CHANNELS if source.channels is None else source.channels
    return tuple(channel for channel in CHANNELS if channel in by_purpose and channel in by_kind and channel in own)


def unserved(project: Project, rulebook: Rulebook) -> tuple[Problem, ...]:
    """A problem for each source of records that may serve none of the channels that the project plans to use: it must not be read."""
    planned = project.compliance.channels
    problems = []
    for number, source in enumerate(project.source, 1):
        channels = served(source, project.project.purposes, rulebook)
        shared = set(source.purposes) & set(project.project.purposes)
        if source.kind in EVENT_KINDS or not shared or set(channels) & set(CHANNELS if planned is None else planned):
            continue
        plan = ", ".join(CHANNELS if planned is None else planned)
        what = f'source "{source.name}" may serve {", ".join(channels) or "no channel"}, and this project plans {plan}'
        mend = "remove the source, or plan the channel under compliance.channels"
        problems.append(Problem(project.file.name, f"source[{number}]", what, mend))
    return tuple(problems)


def licence_facts(uses: pa.Table, licences: Mapping[str, Licence] | None, as_of: dt.date) -> pa.Table:
    """source_regimes (list of string) and source_allows_use (bool) for each row of `uses`: channel, point_state, origin and
    sources (list of names), in its order; worked out once per distinct row.

    `licences` is by name of the source. None, or a source that is not among them: nothing is known of it."""
    distinct = query("SELECT DISTINCT channel, point_state, origin, sources FROM uses ORDER BY ALL", {"uses": uses})
    rows = [_facts(row, licences, as_of) for row in distinct.to_pylist()]
    told = distinct.append_column("regimes", pa.array([row[0] for row in rows], pa.list_(pa.string()))).append_column(
        "allows", pa.array([row[1] for row in rows], pa.bool_())
    )
    numbered = uses.append_column("row", pa.array(range(uses.num_rows), pa.int64()))
    text = """SELECT t.regimes AS source_regimes, t.allows AS source_allows_use FROM uses u JOIN told t
            ON t.channel = u.channel AND t.point_state IS NOT DISTINCT FROM u.point_state
            AND t.origin IS NOT DISTINCT FROM u.origin AND t.sources IS NOT DISTINCT FROM u.sources ORDER BY u.row"""
    return query(text, {"uses": numbered, "told": told})


def _facts(row: Mapping[str, object], licences: Mapping[str, Licence] | None, as_of: dt.date) -> tuple[list[str] | None, bool | None]:
    """(regimes, whether the use is permitted) of one distinct row."""
    own = row["origin"] in ("portfolio", "both")
    names = row["sources"]
    sources: Sequence[str] = [name for name in names if name != PORTFOLIO] if isinstance(names, list) else []
    if licences is None and not own:
        return None, None
    known = [licences[name] for name in sources if licences is not None and name in licences]
    regimes = {regime for licence in known for regime in licence.regimes} | ({PORTFOLIO} if own else set())
    if own:
        return sorted(regimes), True
    if len(known) < len(sources) or not known:
        return None, None
    state = row["point_state"]
    allowed = any(one.allows(str(row["channel"]), state if isinstance(state, str) else None, as_of) for one in known)
    return sorted(regimes), allowed
