from __future__ import annotations

from decimal import Decimal

from skiptrace.report.earning import between, earned, earning
from skiptrace.report.worth import Credit, Game, Part, Worth


def part(reached: str, balance: str = "0") -> Part:
    return Part(Decimal(reached), Decimal(balance))


def credit(name: str, accounts: int = 300, only: int = 40, last: str = "20", least: str = "16", most: str = "25") -> Credit:
    ends = {"last": (part(least), part(most))}
    return Credit(name, accounts, only, part("100"), part(last), part("50"), ends)


def worth(*credits: Credit) -> Worth:
    return Worth((Game("any", part("500"), part("200"), credits),), {one.source: Decimal(100) for one in credits})


def test_what_a_contact_must_be_worth_is_told_with_its_interval() -> None:
    (text,) = earning(worth(credit("voter")))
    assert text == (
        "voter cost 100.00 in this run. It earns that where a right-party contact is worth 5.00 or more (4.00 to 6.25, by how sure the "
        "number of contacts is)."
    )


def test_where_nothing_may_be_lost_without_it_no_worth_is_surely_enough() -> None:
    (text,) = earning(worth(credit("voter", least="0")))
    assert "no worth of a contact is enough" in text


def test_a_source_that_is_missed_by_few_or_helps_few_gets_no_number() -> None:
    assert "confirms what other sources show" in earning(worth(credit("voter", only=3)))[0]
    assert "too few accounts" in earning(worth(credit("voter", accounts=3, only=3)))[0]
    assert not any(character.isdigit() for character in earning(worth(credit("voter", accounts=3, only=3)))[0])


def test_nothing_is_said_of_sources_without_a_price() -> None:
    assert earning(Worth()) == ()
    assert earning(Worth(worth(credit("voter")).games, {})) == ()


def test_with_the_worth_of_a_contact_the_highest_price_is_told() -> None:
    one, price = credit("voter"), Decimal("0.02")
    assert earned(one, Decimal(100), price, 5000, Decimal(10)) == (
        "At 10.00 a contact, voter brings 200.00 for 100.00: it earns its price of 0.02 a record, and would up to 0.0400."
    )
    assert earned(one, Decimal(100), price, 5000, Decimal(1)) == (
        "At 1.00 a contact, voter brings 20.00 for 100.00: it does not earn its price of 0.02 a record; at 0.0040 it would, which is "
        "80.0% less."
    )
    assert earned(one, Decimal(100), price, 0, Decimal(1)).endswith("for 100.00.")


def test_an_interval_is_told_in_accounts() -> None:
    assert between(credit("voter"), "last") == "16 to 25"
    assert between(credit("voter"), "fair") == ""
