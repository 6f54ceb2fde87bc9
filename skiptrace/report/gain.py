"""Expected cumulative gain: which part of what contact is expected to reach lies in the best tenth of the accounts, the best two tenths, …

Accounts are counted in narrow bands, by their chance of being reached and by their expected value, so that parts of a run add up. Within
a band they count as alike: a cut that falls into one takes its share of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

import duckdb

from skiptrace.report.figures import SMALL

TENTHS: Final = 10
LEAST: Final = SMALL * TENTHS
"""Accounts below which nothing is told: a tenth of them would be a small group."""

PART: Final = {
    "gain_by": """
WITH banded AS (
  SELECT least(floor(open_reach * 100), 99)::INTEGER AS chance, open_reach AS p, coalesce(open_value, 0) AS value,
         greatest(coalesce(open_value, 0) * 100, 0)::BIGINT AS cents, cents::VARCHAR AS digits
  FROM book)
SELECT 'chance' AS sorted_by, chance AS band, count(*) AS accounts, sum(p) AS p, sum(value) AS balance FROM banded GROUP BY chance
UNION ALL
SELECT 'value', CASE WHEN cents < 10 THEN cents ELSE (len(digits) - 1) * 90 + digits[:2]::INTEGER END::INTEGER AS amount,
       count(*), sum(p), sum(value) FROM banded GROUP BY amount
""",
}
"""Bands of a chance are hundredths; bands of a value are its first two digits and how many follow them."""
_BANDS: Final = """
SELECT sum(accounts), sum(p), sum(balance) FROM gain_by WHERE sorted_by = $by GROUP BY band ORDER BY band DESC
"""
Band = tuple[int, Decimal, Decimal]
"""Accounts of a band, the sum of their chances, and of their expected values."""


@dataclass(frozen=True)
class Tenth:
    """The best `tenth` tenths of the accounts: of what contact is expected to reach, the part that is in them, as accounts and as balance;
    ordered by chance, and by expected value. Parts are between 0 and 1."""

    tenth: int
    by_chance: Decimal
    by_chance_balance: Decimal
    by_value: Decimal
    by_value_balance: Decimal


@dataclass(frozen=True)
class Gain:
    """Tenths of the accounts, the best first; none where there are fewer than LEAST accounts, or none is expected to be reached."""

    tenths: tuple[Tenth, ...] = ()
    valued: bool = False


def figures(book: duckdb.DuckDBPyConnection) -> Gain:
    """The gain of a run, from the counts of its parts."""
    sides = [book.sql(_BANDS, params={"by": name}).fetchall() for name in ("chance", "value")]
    accounts, reached, balance = (sum(band[place] for band in sides[0]) for place in range(3))
    if accounts < LEAST or not reached:
        return Gain()
    told = []
    for tenth in range(1, TENTHS + 1):
        cut = Fraction(accounts * tenth, TENTHS)
        parts = [part for side in sides for part in _within(side, cut, reached, balance)]
        told.append(Tenth(tenth, *parts))
    return Gain(tuple(told), bool(balance))


def _within(bands: Sequence[Band], cut: Fraction, reached: Decimal, balance: Decimal) -> tuple[Decimal, Decimal]:
    """Of both sums the part in the first `cut` accounts: four decimals."""
    left, found, owed = cut, Fraction(0), Fraction(0)
    for accounts, p, value in bands:
        share = min(left / accounts, Fraction(1))
        found, owed, left = found + share * Fraction(p), owed + share * Fraction(value), left - share * accounts
        if left <= 0:
            break
    return _part(found, reached), _part(owed, balance)


def _part(found: Fraction, whole: Decimal) -> Decimal:
    if not whole:
        return Decimal(0)
    part = found / Fraction(whole)
    return (Decimal(part.numerator) / Decimal(part.denominator)).quantize(Decimal("0.0001"))
