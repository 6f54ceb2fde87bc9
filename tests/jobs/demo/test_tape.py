from collections import Counter

import numpy as np
import pyarrow.compute as pc

from jobs.demo import tape
from jobs.demo.records import World
from jobs.demo.tape import Debtors, Portfolio


def _share(portfolio: Portfolio, column: str, value: str | None) -> float:
    found = portfolio.rows[column].to_pylist()
    return sum(cell == value for cell in found) / len(found)


def test_about_one_consumer_in_twelve_owes_several_accounts(debtors: Debtors) -> None:
    owed = Counter(debtors.person.tolist())
    assert 0.06 < sum(count > 1 for count in owed.values()) / len(owed) < 0.10
    assert max(owed.values()) <= 5
    assert len(set(debtors.account_id)) == len(debtors.person) == 1500


def test_debtors_are_adults_but_for_one_minor(world: World, debtors: Debtors, portfolio: Portfolio) -> None:
    minors = ~np.isin(debtors.person, world.people.adults())
    assert minors.sum() == 1
    row = portfolio.rows.filter(pc.equal(portfolio.rows["ACCT_NO"], debtors.account_id[minors][0])).to_pylist()[0]
    assert int(row["DOB"][-4:]) > 2007


def test_fields_are_missing_as_often_as_stated(portfolio: Portfolio) -> None:
    assert abs(_share(portfolio, "DOB", None) - 0.35) < 0.05
    assert abs(_share(portfolio, "SSN_LAST4", None) - 0.40) < 0.05
    home, cell = (portfolio.rows[name].to_pylist() for name in ("HOME_PH", "CELL_PH"))
    neither = sum(a is None and b is None for a, b in zip(home, cell, strict=True)) / len(home)
    assert abs(neither - 0.30) < 0.05
    assert sum(a is not None and b is not None for a, b in zip(home, cell, strict=True)) > 100


def test_flags_are_rare_and_some_are_blank(portfolio: Portfolio) -> None:
    for name, share in (("ATTY_FLG", 0.015), ("BK_FLG", 0.02), ("CEASE_FLG", 0.01), ("DISPUTE_FLG", 0.02)):
        assert abs(_share(portfolio, name, "Y") - share) < 0.012
        assert 0 < _share(portfolio, name, None) < 0.03


def test_the_name_is_in_one_column_or_in_parts(portfolio: Portfolio) -> None:
    rows = portfolio.rows.to_pylist()
    assert all((row["DEBTOR_NAME"] is None) == (row["LAST_NM"] is not None) for row in rows)
    whole = [row["DEBTOR_NAME"] for row in rows if row["DEBTOR_NAME"] is not None]
    assert all(", " in name for name in whole)
    assert 0.2 < len(whole) / len(rows) < 0.3


def test_about_a_third_have_moved(portfolio: Portfolio) -> None:
    assert 0.25 < (portfolio.slot > 0).mean() < 0.42


def test_bad_rows_are_a_handful_and_counted(portfolio: Portfolio) -> None:
    rows = portfolio.rows.to_pylist()
    counts = portfolio.counts
    ids = Counter(row["ACCT_NO"] for row in rows)
    assert ids[None] == counts["without_id"] == 1
    distinct = Counter(tuple(row.items()) for row in rows)
    assert sum(count - 1 for count in distinct.values()) == counts["exact_duplicates"] == 3
    twice = {account for account, count in ids.items() if count > 1}
    assert set(portfolio.rejected) == {
        account for account in twice if len({tuple(row.items()) for row in rows if row["ACCT_NO"] == account}) > 1
    }
    assert len(portfolio.rejected) == counts["conflicting_ids"] == 2
    assert counts["rows"] == len(rows) == counts["accounts"] + 3 + 2 * 2 + 1


def test_columns_hold_what_does_not_belong_there(portfolio: Portfolio) -> None:
    phones = [row["HOME_PH"] for row in portfolio.rows.to_pylist() if row["HOME_PH"] is not None]
    assert any("@" in phone for phone in phones)
    assert set(tape._PLACEHOLDERS) & set(phones)
    assert set(tape._NO_DATES) & set(portfolio.rows["DOB"].to_pylist())


def test_accounts_are_charged_off_before_as_of_and_not_long_after_a_death(world: World, debtors: Debtors) -> None:
    assert (debtors.charged_off < world.people.as_of).all()
    died = world.people.died[debtors.person]
    dead = ~np.isnat(died)
    assert (debtors.charged_off[dead] <= died[dead] + np.timedelta64(200, "D")).all()


def test_tiny_tapes_have_no_contradictions(world: World) -> None:
    few = tape.choose_debtors(world, 12, 1)
    found = tape.write(world, few, 1)
    assert found.rejected == ()
    assert found.counts == {"rows": 12, "accounts": 12, "exact_duplicates": 0, "conflicting_ids": 0, "without_id": 0}
