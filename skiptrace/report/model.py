"""What the report shows: figures alone. No field holds a person's value; names are those of sources, rules and steps.

Money is Decimal in the balance's currency, NULL (None) where no balance is known. Expected counts are sums of
probabilities, as Decimal.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from skiptrace.report.ages import Age
from skiptrace.report.calibration import Calibrated
from skiptrace.report.drift import Drift
from skiptrace.report.gain import Gain
from skiptrace.report.inventory import Inventory
from skiptrace.report.overlap import Overlap
from skiptrace.report.planned import Planned
from skiptrace.report.spend import Spend
from skiptrace.report.states import State
from skiptrace.report.weighed import Linkage
from skiptrace.report.worth import Worth


@dataclass(frozen=True)
class Summary:
    """The portfolio in one look. `balance_known`: accounts whose balance is known. `located`: confirmed, moved or
    located. `reachable`: expected consumers reached if every use were allowed; `permitted`: the same over the uses that
    the rules allow. `open_accounts`: accounts with at least one allowed use."""

    accounts: int
    balance: Decimal | None
    balance_known: int
    located: int
    located_balance: Decimal | None
    reachable: Decimal
    reachable_balance: Decimal | None
    permitted: Decimal
    permitted_balance: Decimal | None
    open_accounts: int
    open_balance: Decimal | None


@dataclass(frozen=True)
class Stage:
    """A stage of the funnel: what is left of the one before. `expected`: a sum of probabilities, not a count."""

    name: str
    meaning: str
    accounts: Decimal
    balance: Decimal | None
    expected: bool = False


@dataclass(frozen=True)
class Funnel:
    """The stages from the tape to permitted contact; and what is permitted outside of them: accounts without a link
    that keep a use of what the portfolio brought along."""

    stages: tuple[Stage, ...]
    beside_accounts: int
    beside_expected: Decimal


@dataclass(frozen=True)
class Status:
    """A locate_status with its accounts."""

    name: str
    meaning: str
    accounts: int
    balance: Decimal | None


@dataclass(frozen=True)
class ChannelFigures:
    """A channel: accounts with a point for it, split by the best decision over their points; expected accounts reached
    by the best point of each, over all uses and over allowed ones, and of these the `low` and `high`
    that would be if every chance lay at that end of its interval; balance of the accounts with an allowed use, and
    the part of it that is expected to be reached."""

    channel: str
    accounts: int
    permitted: int
    conditional: int
    stopped: int
    expected: Decimal
    expected_open: Decimal
    low: Decimal
    high: Decimal
    open_balance: Decimal | None
    expected_balance: Decimal | None


@dataclass(frozen=True)
class Stop:
    """A rule that stopped uses, by itself or for want of a step: how many uses and accounts, and how many uses no other
    rule stopped."""

    rule: str
    sentence: str
    citation: str
    uses: int
    accounts: int
    alone: int
    balance: Decimal | None


@dataclass(frozen=True)
class Step:
    """A step that is not done: the uses and accounts that wait for it."""

    step: str
    uses: int
    accounts: int
    balance: Decimal | None


@dataclass(frozen=True)
class Source:
    """A source and what it gave. `contributes` is False for lists (dispositions, suppression), which link nothing."""

    name: str
    kind: str
    rows: int | None
    contributes: bool
    linked: int
    linked_alone: int
    points: int
    points_alone: int
    current_address: int


@dataclass(frozen=True)
class RejectGroup:
    """Rows or values that were not used, for one reason; `examples` are the first row numbers, with the file where a
    source has several."""

    source: str
    column: str | None
    reason: str
    count: int
    examples: str


@dataclass(frozen=True)
class Quality:
    """How the portfolio's rows reconcile (None where the ledger does not say), and what was rejected everywhere."""

    rows_in: int | None
    rows_out: int
    rejected: tuple[tuple[str, int], ...]
    filtered: int
    groups: tuple[RejectGroup, ...]
    hidden_groups: int
    hidden_rejects: int

    @property
    def reconciles(self) -> bool | None:
        """Whether rows in = rows out + rejected + left out by the project's filter."""
        if self.rows_in is None:
            return None
        return self.rows_in == self.rows_out + self.filtered + sum(count for _, count in self.rejected)


@dataclass(frozen=True)
class Change:
    """A kind of change since the last published run: its sentence, the accounts it met and their balance. `held`: so many that it
    was summed up in one line."""

    kind: str
    sentence: str
    accounts: int
    balance: Decimal | None
    held: bool


@dataclass(frozen=True)
class Timing:
    """A step of the run: seconds, and peak memory in bytes where measured."""

    step: str
    seconds: Decimal
    peak_bytes: int | None


@dataclass(frozen=True)
class Wording:
    """The linkage rules in words. comparisons: of each the sentence of a missing side, then those of its levels. keys: what each
    blocking key looks at. linked: the probability from which on a pair is linked. alerts: the sentence of each kind of alert. stops: the
    sentence of each reason for which no source is asked about an account."""

    comparisons: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    keys: Mapping[str, str] = field(default_factory=dict)
    linked: float = 0.9
    alerts: Mapping[str, str] = field(default_factory=dict)
    stops: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ReportInput:
    """Everything the page shows. `attempts`: outcomes of past attempts that the run knew; None where the ledger does not say."""

    name: str
    run_id: str
    as_of: datetime.date
    summary: Summary
    funnel: Funnel
    statuses: tuple[Status, ...]
    channels: tuple[ChannelFigures, ...]
    stops: tuple[Stop, ...]
    stopped_uses: int
    uses: int
    steps: tuple[Step, ...]
    sources: tuple[Source, ...]
    quality: Quality
    changes: tuple[Change, ...]
    versions: tuple[tuple[str, str], ...]
    hashes: tuple[tuple[str, str], ...]
    timings: tuple[Timing, ...]
    warnings: tuple[str, ...]
    linkage: Linkage = field(default_factory=Linkage)
    inventory: Inventory = field(default_factory=Inventory)
    worth: Worth = field(default_factory=Worth)
    overlap: Overlap = field(default_factory=Overlap)
    gain: Gain = field(default_factory=Gain)
    states: tuple[State, ...] = ()
    ages: tuple[Age, ...] = ()
    drift: Drift | None = None
    attempts: int | None = None
    calibration: tuple[Calibrated, ...] = ()
    planned: tuple[Planned, ...] = ()
    spend: Spend | None = None
