"""What it would take for a source to earn its price, in words: what a contact must be worth, or what a record may cost."""

from __future__ import annotations

from decimal import Decimal

from skiptrace.report.figures import count, is_small, money, share
from skiptrace.report.worth import Credit, Worth


def earning(worth: Worth) -> tuple[str, ...]:
    """A sentence for each source with a price, in the order of what they add; nothing where no source has one."""
    credits = worth.games[0].credits if worth.games else ()
    return tuple(_earning(worth, credit) for credit in credits if credit.source in worth.costs)


def _earning(worth: Worth, credit: Credit) -> str:
    one, ends = worth.price_of_one(credit), worth.prices_of_one(credit)
    cost = worth.costs[credit.source]
    if is_small(credit.accounts):
        return f"{credit.source} helps too few accounts to tell what it would take to earn its price."
    if one is None:
        return (
            f"{credit.source} cost {money(cost)} in this run and is missed by too few accounts, or by none, to earn it on contacts that "
            "would be lost without it: it confirms what other sources show."
        )
    text = f"{credit.source} cost {money(cost)} in this run. It earns that where a right-party contact is worth {money(one)} or more"
    if ends is None:
        return f"{text}."
    least, most = ends
    if most is None:
        return f"{text}; it may also be that nothing would be lost without it, and then no worth of a contact is enough."
    return f"{text} ({money(least)} to {money(most)}, by how sure the number of contacts is)."


def earned(credit: Credit, cost: Decimal, price: Decimal, accounts: int, contact: Decimal) -> str:
    """Whether a source earns its price where a contact is worth `contact`, and which price would be the highest. `price`: per record;
    `accounts`: those it linked, each of which cost it once."""
    made = contact * credit.last.reached
    text = f"At {money(contact)} a contact, {credit.source} brings {money(made)} for {money(cost)}"
    if not accounts:
        return f"{text}."
    highest = made / accounts
    if made >= cost:
        return f"{text}: it earns its price of {price} a record, and would up to {highest:.4f}."
    return f"{text}: it does not earn its price of {price} a record; at {highest:.4f} it would, which is {share(cost - made, cost)} less."


def between(credit: Credit, what: str) -> str:
    """The interval of accounts reached of `alone`, `last` or `fair`: `101 to 140`; an empty text where none is known."""
    if what not in credit.between:
        return ""
    low, high = credit.between[what]
    return f"{count(low.reached)} to {count(high.reached)}"
