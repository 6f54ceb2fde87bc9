"""What the report shows of linkage: typical pairs as waterfalls, blocking keys, and the recall to expect."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Fall:
    """One comparison of a waterfall: what was found, its bits, and the sum before and after it. `silent`: a side lacks it."""

    comparison: str
    sentence: str
    before: Decimal
    after: Decimal
    silent: bool

    @property
    def bits(self) -> Decimal:
        """What the comparison adds to the sum."""
        return self.after - self.before


@dataclass(frozen=True)
class Waterfall:
    """The weight of one typical pair, of which nothing is told but its levels: `case` says of what it is typical, `accounts` how
    many accounts have such a pair. `start` and the falls' bits add up to `weight` exactly; `person`: the whole person's."""

    case: str
    accounts: int
    probability: Decimal
    start: Decimal
    falls: tuple[Fall, ...]
    weight: Decimal
    person: Decimal

    @property
    def lowest(self) -> Decimal:
        """The left end of the scale."""
        return min(Decimal(0), self.start, self.weight, self.person, *(fall.after for fall in self.falls))

    @property
    def highest(self) -> Decimal:
        """The right end of the scale."""
        return max(Decimal(0), self.start, self.weight, self.person, *(fall.after for fall in self.falls))


@dataclass(frozen=True)
class Key:
    """A blocking key: what it looks at, the pairs it brought, how often a value of it was shared by too many records, the pairs
    that this left out, and those of them that one more field brought back."""

    key: str
    words: str
    pairs: int
    dropped_values: int
    dropped_pairs: int
    refined_pairs: int


@dataclass(frozen=True)
class Recall:
    """Accounts that bring these fields, and the share of their people who would be linked where the reference has them."""

    fields: tuple[str, ...]
    accounts: int
    recall: Decimal


@dataclass(frozen=True)
class Expected:
    """Expected recall over all accounts and by the fields they bring. has: how often the reference has a field that a linked
    account brings; None where too few were linked to tell."""

    recall: Decimal | None
    rows: tuple[Recall, ...]
    has: tuple[tuple[str, Decimal | None], ...]


@dataclass(frozen=True)
class Linkage:
    """How records were met and weighed. `pairs`: compared in all, each once; None where the ledger does not say."""

    pairs: int | None = None
    keys: tuple[Key, ...] = ()
    waterfalls: tuple[Waterfall, ...] = ()
    linked: float = 0.9
    expected: Expected | None = None
