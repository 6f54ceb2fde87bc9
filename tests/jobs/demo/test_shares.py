from jobs.demo import shares


def test_shares_are_shares() -> None:
    more_than_one = {"ADULTS_PER_DEBTOR", "YEARS_BETWEEN_MOVES", "YEARS_SINCE_LEAVING", "YEARS_SINCE_CHARGE_OFF",
                     "LATE_SURNAME_DAYS", "EXACT_DUPLICATES", "CONFLICTING_PAIRS", "EVENTS_PER_ACCOUNT", "FILES_AGE_DAYS"}  # fmt: skip
    for name, value in vars(shares).items():
        if name.isupper() and name not in more_than_one:
            for share in value if isinstance(value, tuple) else (value,):
                assert 0 < share < 1, name


def test_shares_that_divide_a_whole_add_up() -> None:
    assert abs(sum(shares.HOUSEHOLD_SIZES) - 1) < 1e-9
    assert abs(sum(shares.FORMER_STATES) - 1) < 1e-9


def test_contradicting_rows_stay_far_below_the_gate() -> None:
    assert shares.CONFLICTING_PAIRS * 2 / 800 < 0.01
