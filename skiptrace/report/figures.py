"""How numbers are written: thousands separators, two decimals for money, one for shares, and no small group in detail.

A group of fewer than eleven accounts is written "<11" without its balance: with the totals beside it, a smaller number
would begin to speak of single people. Nought is nought.
"""

from __future__ import annotations

import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

SMALL: Final = 11
UNKNOWN: Final = "balance unknown"
NOTHING: Final = "–"


def count(number: int | Decimal) -> str:
    """A whole number with thousands separators; an expected number is rounded, "<1" where that would give nought."""
    if 0 < number < Decimal("0.5"):
        return "<1"
    return f"{Decimal(number).quantize(Decimal(1), ROUND_HALF_UP):,}"


def few(number: int) -> str:
    """A number of accounts that is not told when it is small."""
    return f"<{SMALL}" if is_small(number) else count(number)


def is_small(number: int) -> bool:
    """Whether a group is too small to be told in detail."""
    return 0 < number < SMALL


def money(amount: Decimal | None) -> str:
    """An amount with two decimals, in the balance's currency, or that it is unknown."""
    return UNKNOWN if amount is None else f"{amount.quantize(Decimal('0.01'), ROUND_HALF_UP):,}"


def money_of(accounts: int, amount: Decimal | None, known: bool) -> str:
    """The balance of a group of accounts: withheld where the group is small. `known`: some balance is known at all."""
    if not known:
        return UNKNOWN
    return NOTHING if is_small(accounts) else money(amount or Decimal(0))


def share(part: int | Decimal | None, whole: int | Decimal | None) -> str:
    """A part of a whole in percent, one decimal; never 0.0% of something or 100.0% of less than all."""
    if part is None or not whole:
        return NOTHING
    percent = Decimal(part) * 100 / Decimal(whole)
    written = percent.quantize(Decimal("0.1"), ROUND_HALF_UP)
    if percent > 0 and written == 0:
        return "<0.1%"
    if percent < 100 and written == 100:
        return ">99.9%"
    return f"{written}%"


def width(part: int | Decimal | None, whole: int | Decimal | None) -> str:
    """The style class of a bar: its length in half percents, `w0` to `w200`; something is never nothing."""
    if not part or not whole:
        return "w0"
    return f"w{min(max(int((Decimal(part) * 200 / Decimal(whole)).quantize(Decimal(1), ROUND_HALF_UP)), 1), 200)}"


def width_of_few(number: int, whole: int | Decimal | None) -> str:
    """As `width` for a number of accounts; all small groups have one length."""
    return width(SMALL // 2 if is_small(number) else number, whole)


def day(date: datetime.date) -> str:
    """A day as people write it: 30 June 2026, in English whatever the machine's language."""
    months = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
              "November", "December")  # fmt: skip
    return f"{date.day} {months[date.month - 1]} {date.year}"


def seconds(duration: Decimal) -> str:
    """A duration in seconds with one decimal."""
    return f"{duration.quantize(Decimal('0.1'), ROUND_HALF_UP):,} s"


def memory(size: int | None) -> str:
    """Bytes as megabytes (10^6)."""
    return NOTHING if size is None else f"{Decimal(size) / 1_000_000:,.0f} MB"


def bits(number: Decimal) -> str:
    """Evidence in bits with its sign and two decimals."""
    return f"{number:+.2f}".replace("-0.00", "+0.00")


def chance(probability: Decimal) -> str:
    """A probability in percent, never rounded to certainty."""
    return share(probability, Decimal(1))


def span(one: Decimal, other: Decimal, low: Decimal, high: Decimal) -> tuple[str, str]:
    """The style classes of a bar between two values on the scale from `low` to `high`: the gap before it, and its length."""
    size = (high - low) or Decimal(1)
    begin, end = (int(((value - low) * 200 / size).quantize(Decimal(1), ROUND_HALF_UP)) for value in sorted((one, other)))
    begin = min(begin, 199)
    return f"w{begin}", f"w{max(end - begin, 1)}"
