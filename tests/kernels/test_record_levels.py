"""Comparison levels: every claim is reached by a real case, and any two people compare as their texts do, read plainly."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA, JaroWinkler

from skiptrace.kernels.record_levels import CLAIMS
from skiptrace.linkage.records import SUFFIXES, name_parts
from skiptrace.linkage.rules import LinkageRules, load
from skiptrace.normalize import nicknames
from tests.linkage.people_tables import Person, address, compared_only, level_names, levels_of

HOME = "ALBANY NY 12207"


def one(name: str, *pairs: tuple[Any, Any, str]) -> list[tuple[str, Person, Person, str]]:
    """Cases of a comparison over one field: its value on both sides (None: not known) and the level expected."""
    field = {"first_name": "first", "last_name": "last", "middle_name": "middle"}.get(name, name)
    return [(name, {field: a}, {field: b}, level) for a, b, level in pairs]


def homes(*pairs: tuple[Any, Any, str]) -> list[tuple[str, Person, Person, str]]:
    return [("address", {"addresses": [address(*a)]}, {"addresses": [address(*b)]}, level) for a, b, level in pairs]


CASES = [
    *one(
        "ssn", ("123456789", "123456789", "same"), ("123456789", "987656789", "last4"), ("123456789", None, "missing"),
        ("123456789", "123456798", "slip"), ("123450012", "123450021", "slip"), ("123456789", "123456780", "slip"),
        ("123456789", "123456987", "different"), ("123456789", "123450000", "different"), (None, None, "missing"),
    ),
    ("ssn", {"ssn": "123456789"}, {"ssn4": "6789"}, "last4"),
    ("ssn", {"ssn4": "0000"}, {"ssn4": "0000"}, "last4"),
    ("ssn", {"ssn4": "0000"}, {"ssn4": "0001"}, "slip"),
    *one(
        "dob", ("1980-02-03", "1980-02-03", "same"), ("1980-02-03", "1980-03-02", "swapped"),
        ("1980-02-03", "1980-02-13", "slip"), ("1980-02-03", "1908-02-03", "slip"), ("1980-02-03", "1981-02-03", "slip"),
        ("1980-02-03", "1980-02-14", "year_month"), ("1980-01-24", "1980-01-01", "year_month"),
        ("1980-07-24", "1980-01-01", "january"), ("1980-01-01", "1980-12-31", "january"),
        ("1980-01-01", "1980-01-01", "same"), ("1980-07-24", "1955-01-01", "different"),
        ("1980-07-24", "1955-07-24", "month_day"), ("1980-07-24", "1980-11-03", "year"),
        ("1980-07-24", "1955-11-03", "different"), ("1980-07-24", None, "missing"), ("1980-07-24", "1980-08-30", "near"),
        ("1980-12-31", "1981-01-07", "near"), ("1980-07-24", "1981-05-30", "about"),
    ),
    *one(
        "first_name", ("MARTHA", "MARHTA", "close"), ("DWAYNE", "DUANE", "similar"), ("JAMES", "MARY", "different"),
        ("BOB", "ROBERT", "nickname"), ("J", "JAMES", "initial"), ("JAMES", "J", "initial"), ("K", "JAMES", "different"),
        ("JAMES", "JAMES", "same_widespread"), ("J", "J", "same_widespread"), (None, "JAMES", "missing"),
        ("JAMES", None, "missing"),
    ),
    ("first_name", {"first": "ADAM", "last": "GRANT"}, {"first": "GRANT", "last": "ADAM"}, "swapped"),
    ("first_name", {"first": "ADAMS", "last": "GRANTLY"}, {"first": "GRANTLEY", "last": "ADAMSS"}, "swapped_near"),
    ("first_name", {"first": "BAIJ", "last": "ELIZA"}, {"first": "ELIZA", "last": "BAIL"}, "swapped_near"),
    ("last_name", {"first": "ADAMS", "last": "GRANTLY"}, {"first": "GRANTLEY", "last": "ADAMSS"}, "swapped"),
    ("last_name", {"first": "ADAMS", "last": "GRANTLY"}, {"first": "GRANTLEY", "last": "OTHER"}, "different"),
    ("first_name", {"first": "ADAM", "last": "GRANT"}, {"first": "GRANT", "last": "OTHER"}, "different"),
    ("first_name", {"first": "ADAM", "last": "GRANT"}, {"first": "GRANT"}, "swapped_half"),
    ("first_name", {"first": "ADAM", "last": "GRANT"}, {"last": "ADAM"}, "swapped_half"),
    ("last_name", {"first": "ADAM", "last": "GRANT"}, {"last": "ADAM"}, "swapped"),
    ("last_name", {"first": "ADAM", "last": "GRANT"}, {"first": "GRANT"}, "missing"),
    ("first_name", {"last": "GRANT"}, {"first": "GRANT"}, "swapped_half"),
    *one(
        "last_name", ("JOHNSON", "JOHNSEN", "close"), ("PETERSON", "PEDERSEN", "similar"), ("GRANT", "SMITH", "different"),
        ("SMITH-JONES", "JONES", "part"), ("SMITH-JONES", "MILLER-SMITH", "part"), ("DE LA CRUZ", "CRUZ", "part"),
        ("GARCIA LOPEZ", "LOPEZ", "part"), ("SMITH", "SMITH", "same_widespread"), ("SMITH", None, "missing"),
    ),
    ("last_name", {"last": "GRANT"}, {"last": "SMITH", "former": ["GRANT"]}, "part"),
    ("last_name", {"last": "GRANT", "former": ["SMITH"]}, {"last": "MILLER", "former": ["SMITH"]}, "part"),
    ("last_name", {"first": "ADAM", "last": "GRANT"}, {"first": "GRANT", "last": "ADAM"}, "swapped"),
    *one(
        "middle_name", ("ALICE", "ALICE", "same"), ("A", "ALICE", "initial"), ("ANN", "ALICE", "initial"),
        ("A", "A", "initial"), ("B", "ALICE", "different"), ("A", None, "missing"),
    ),
    *one("suffix", ("JR", "JR", "same"), ("JR", "SR", "different"), ("JR", None, "missing"), ("JR", "XX", "missing")),
    *one(
        "phones", (["+15185550100"], ["+15185550100"], "same"), (["+15185550100"], ["+15185550110"], "slip"),
        (["+15185550123"], ["+15185550132"], "slip"), (["+15185550123"], ["+15185559876"], "area"),
        (["+15185550123"], ["+12125550123"], "different"), ([], ["+15185550123"], "missing"),
        (["+15185550100", "+12125550147"], ["+13035550111", "+12125550147"], "same"),
        (["+15185550100", "+12125550147"], ["+13035550111", "+12125550174"], "slip"),
        (["+15185550100"], ["+13035550111", "+14045550111", "+18085550111", "+15185550100"], "different"),
        (["+447911123456"], ["+357911123456"], "different"), (["+447911123456"], ["+447911123465"], "slip"),
    ),
    *one(
        "emails", (["ann@example.com"], ["ann@example.com"], "same"), (["ann@example.com"], ["ann@example.org"], "user"),
        (["ann@example.com"], ["bob@example.com"], "different"), (["ann@example.com"], [], "missing"),
        (["ann@example.com"], ["ann@exmaple.com"], "host_slip"), (["ann.lee@example.com"], ["anm.lee@example.com"], "close"),
        (["x@example.com", "ann@example.com"], ["ann@example.com", "y@example.com"], "same"),
    ),
    *homes(
        (("12", "MAIN ST", HOME), ("12", "MAIN ST", HOME), "same"),
        (("12", "MAIN ST", "ALBANY NY 12207"), ("12", "MAIN ST", "ALBANY NY 12210"), "same"),
        (("12", "MAIN ST", "ALBANY NY 12207"), ("12", "MAIN ST", "TROY NY 12207"), "same"),
        (("12", "MAIN ST", "ALBANY - 12207"), ("12", "MAIN ST", "ALBANY NY 12299"), "same"),
        ((None, "PO BOX 9", HOME), (None, "PO BOX 9", HOME), "same"),
        ((None, "PO BOX 9", HOME), (None, "PO BOX 8", HOME), "zip"),
        (("12", "MAIN ST", HOME), ("13", "MAIN ST", HOME), "near"),
        (("12", "MAIN ST", HOME), ("21", "MAIN ST", HOME), "near"),
        (("12", "MAIN ST", HOME), ("12", "MAINE ST", HOME), "near"),
        (("12", "MAIN ST", HOME), ("345", "MAIN ST", HOME), "street"),
        (("12", "MAIN ST", HOME), (None, "MAIN ST", HOME), "street"),
        ((None, "MAIN ST", HOME), (None, "MAIN ST", HOME), "street"),
        (("12", "MAIN ST", HOME), ("12", "OAK AVE", HOME), "zip"),
        ((None, None, HOME), ("12", "OAK AVE", HOME), "zip"),
        (("12", "MAIN ST", HOME), ("9", "OAK AVE", "ALBANY NY 12345"), "area"),
        (("12", "MAIN ST", HOME), ("9", "OAK AVE", "TROY NY 12299"), "area"),
        (("12", "MAIN ST", HOME), ("12", "MAIN ST", "BUFFALO NY 14201"), "state"),
        (("12", "MAIN ST", "SPRINGFIELD IL 62701"), ("12", "MAIN ST", "SPRINGFIELD MA 01103"), "different"),
        (("12", "MAIN ST", HOME), ("12", "MAIN ST", "FRESNO CA 93701"), "different"),
        (("12", "MAIN ST", HOME), (None, None, "ALBANY NY -"), "area"),
        ((None, None, "ALBANY - -"), (None, None, "ALBANY NY -"), "area"),
        ((None, None, "ALBANY CA -"), (None, None, "ALBANY NY -"), "different"),
        ((None, None, "ALBANY NY -"), (None, None, "ABLANY NY -"), "city_slip"),
        ((None, None, "ALBANY - -"), (None, None, "ALBAN NY -"), "city_slip"),
        (("12", "MAIN ST", HOME), (None, None, "- NY -"), "missing"),
    ),
    (
        "address",
        {"addresses": [address("1", "ELM ST", "FRESNO CA 93701"), address("12", "MAIN ST")]},
        {"addresses": [address("12", "MAIN ST"), address("7", "OAK AVE", "DENVER CO 80202")]},
        "same",
    ),
    ("address", {"localities": [address(None, None, "ALBANY NY -")]}, {"addresses": [address("12", "MAIN ST")]}, "area"),
    ("address", {"localities": [address(None, None, "- - 12207")]}, {"addresses": [address("12", "MAIN ST")]}, "zip"),
    ("address", {"addresses": []}, {"addresses": [address("12", "MAIN ST")]}, "missing"),
]  # fmt: skip
CASES = [(name.removesuffix("s") if name in ("phones", "emails") else name, *rest) for name, *rest in CASES]
NAMES = [f"{number}-{name}-{expected}" for number, (name, _, _, expected) in enumerate(CASES)]


@pytest.fixture(scope="module")
def both_ways() -> tuple[np.ndarray, np.ndarray]:
    """Levels of all cases, record against account and account against record."""
    every, accounts, records = list(range(len(CASES))), [case[1] for case in CASES], [case[2] for case in CASES]
    return levels_of(accounts, compared_only(records), every, every), levels_of(records, compared_only(accounts), every, every)


@pytest.mark.parametrize("number", range(len(CASES)), ids=NAMES)
def test_a_pair_gets_its_level_whichever_side_is_asked(number: int, both_ways: tuple[np.ndarray, np.ndarray]) -> None:
    name, _, _, expected = CASES[number]
    for levels in both_ways:
        assert level_names(levels[number])[load().names.index(name)] == expected


BANDS = ("widespread", "common", "medium", "rare", "rarest")
FREQUENT = [{"first": f"{number}-ANN", "last": f"{number}-LEE"} for number, times in enumerate((8, 4, 3, 2, 1)) for _ in range(times)]


@pytest.mark.parametrize("number", range(5))
def test_agreement_on_a_name_is_graded_by_its_frequency(number: int) -> None:
    rules = replace(load(), frequency=(0.4, 0.2, 0.15, 0.1))
    record: Person = {"first": f"{number}-ANN", "last": f"{number}-LEE"}
    levels = levels_of([record], compared_only(FREQUENT, rules), [0], [FREQUENT.index(record)], rules)
    found = dict(zip(rules.names, level_names(levels[0], rules), strict=True))
    assert found["first_name"] == found["last_name"] == f"same_{BANDS[number]}"


def test_every_claim_has_a_case() -> None:
    reached = {(name, level) for name, _, _, level in CASES}
    reached |= {(name, f"same_{band}") for name in ("first_name", "last_name") for band in BANDS}
    claimed = {(name, claim) for name, claims in CLAIMS.items() for claim in (*claims, "missing")}
    assert claimed == reached
    assert {name: len(claims) < 15 for name, claims in CLAIMS.items()} == dict.fromkeys(CLAIMS, True), "four bits per comparison"


# --- any two people -------------------------------------------------------------------------------------------------------


def slipped(a: str, b: str) -> bool:
    """One digit replaced, or two neighbours exchanged."""
    unequal = [place for place in range(len(a)) if a[place] != b[place]]
    crossed = len(unequal) == 2 and unequal[1] == unequal[0] + 1 and a[unequal[0]] == b[unequal[1]] and a[unequal[1]] == b[unequal[0]]
    return len(unequal) == 1 or crossed


def plain_ssn(a: Person, b: Person) -> str:
    nine, nine2 = a.get("ssn"), b.get("ssn")
    four, four2 = (nine or "")[-4:] or a.get("ssn4"), (nine2 or "")[-4:] or b.get("ssn4")
    if not four or not four2:
        return "missing"
    if nine and nine == nine2:
        return "same"
    return "last4" if four == four2 else "slip" if slipped(four, four2) else "different"


def plain_dob(a: Person, b: Person) -> str:
    if not a.get("dob") or not b.get("dob"):
        return "missing"
    (year, month, day), (year2, month2, day2) = a["dob"].split("-"), b["dob"].split("-")
    apart = abs(372 * (int(year) - int(year2)) + 31 * (int(month) - int(month2)) + int(day) - int(day2))
    for name, holds in (
        ("same", a["dob"] == b["dob"]), ("swapped", (year, month, day) == (year2, day2, month2)),
        ("slip", slipped(year + month + day, year2 + month2 + day2)), ("year_month", (year, month) == (year2, month2)),
        ("near", apart <= 62),
        ("january", year == year2 and "01-01" in (a["dob"][5:], b["dob"][5:])), ("month_day", (month, day) == (month2, day2)),
        ("year", year == year2), ("about", apart <= 403),
    ):  # fmt: skip
        if holds:
            return name
    return "different"


def crosswise(a: Person, b: Person) -> bool:
    names = [person.get(name) for person in (a, b) for name in ("first", "last")]
    return all(names) and a["first"] == b["last"] and a["last"] == b["first"]


def banded(name: str, field: str, records: list[Person], rules: LinkageRules) -> str:
    share = sum(record.get(field) == name for record in records) / len(records)
    return f"same_{BANDS[sum(share < bar for bar in rules.frequency)]}"


def plain_first(a: Person, b: Person, records: list[Person], rules: LinkageRules) -> str:
    one, two = a.get("first"), b.get("first")
    if not one or not two:
        return "missing"
    if one == two:
        return banded(two, "first", records, rules)
    near = JaroWinkler.similarity(one, two)
    for name, holds in (
        ("swapped", crosswise(a, b)), ("nickname", nicknames.compatible(one, two)), ("close", near >= rules.similarity["close_first"]),
        ("initial", one[0] == two[0] and 1 in (len(one), len(two))), ("similar", near >= rules.similarity["similar_first"]),
    ):  # fmt: skip
        if holds:
            return name
    return "different"


def plain_last(a: Person, b: Person, records: list[Person], rules: LinkageRules) -> str:
    one, two = a.get("last"), b.get("last")
    if not one or not two:
        return "missing"
    if one == two:
        return banded(two, "last", records, rules)
    near = JaroWinkler.similarity(one, two)
    parts, parts2 = ({*name_parts(person["last"]), *(person.get("former") or [])[:1]} for person in (a, b))
    for name, holds in (
        ("swapped", crosswise(a, b)), ("part", bool(parts & parts2)), ("close", near >= rules.similarity["close_last"]),
        ("similar", near >= rules.similarity["similar_last"]),
    ):  # fmt: skip
        if holds:
            return name
    return "different"


def plain_middle(a: Person, b: Person) -> str:
    one, two = a.get("middle"), b.get("middle")
    if not one or not two:
        return "missing"
    return "same" if one == two and len(one) > 1 else "initial" if one[0] == two[0] else "different"


def plain_suffix(a: Person, b: Person) -> str:
    one, two = a.get("suffix"), b.get("suffix")
    return "missing" if one not in SUFFIXES or two not in SUFFIXES else "same" if one == two else "different"


def plain_phone(a: Person, b: Person) -> str:
    here, there = ([number.strip("+").zfill(15) for number in dict.fromkeys(person.get("phones", ()))][:3] for person in (a, b))
    if not here or not there:
        return "missing"
    pairs = [(one, two) for one in here for two in there]
    if any(one == two for one, two in pairs):
        return "same"
    if any(one[:4] == two[:4] and slipped(one[4:], two[4:]) for one, two in pairs):
        return "slip"
    return "area" if any(one[:8] == two[:8] for one, two in pairs) else "different"


def plain_email(a: Person, b: Person) -> str:
    here, there = (list(dict.fromkeys(person.get("emails", ())))[:2] for person in (a, b))
    if not here or not there:
        return "missing"
    if set(here) & set(there):
        return "same"
    found = [plain_mailboxes(*one.split("@"), *two.split("@")) for one in here for two in there]
    return CLAIMS["email"][max(CLAIMS["email"].index(claim) for claim in found)]


def plain_mailboxes(user: str, host: str, user2: str, host2: str) -> str:
    bar = load().similarity["close_mailbox"]
    hosts = host == host2 or most_like(host, host2) >= bar
    if user == user2:
        return "host_slip" if hosts else "user"
    like = most_like(user, user2)
    like += 0.4 * (1 - like) if user[0] == user2[0] and like > 0.7 else 0
    return "close" if hosts and like >= bar else "different"


def most_like(one: str, two: str) -> float:
    """What the Jaro similarity could be at most: each letter that the other text lacks finds no partner there."""
    common = min(len(one) - len({*one} - {*two}), len(two) - len({*two} - {*one}))
    return (common / len(one) + common / len(two) + 1) / 3 if common > 0 else 0


def plain_place(a: dict[str, str | None], b: dict[str, str | None], rules: LinkageRules) -> str:
    same = {name: a[name] == b[name] and bool(a[name]) for name in a}
    one_state = same["state"] or not a["state"] or not b["state"]
    city = same["city"] and one_state
    slip = a["city"] and b["city"] and one_state and len({*a["city"]} ^ {*b["city"]}) <= 1
    here = same["zip"] or city
    alike = a["street"] and b["street"] and JaroWinkler.similarity(a["street"], b["street"]) >= rules.similarity["near_street"]
    off = a["house"] and b["house"] and OSA.distance(a["house"], b["house"]) <= 1
    box = bool(a["street"]) and a["street"].startswith("PO BOX ") and not a["house"] and not b["house"]
    for name, holds in (
        ("same", here and same["street"] and (same["house"] or box)),
        ("near", here and ((same["street"] and off) or (same["house"] and alike))),
        ("street", here and same["street"]), ("zip", same["zip"]),
        ("area", city or (a["zip"] and b["zip"] and a["zip"][:3] == b["zip"][:3])), ("city_slip", slip), ("state", same["state"]),
    ):  # fmt: skip
        if holds:
            return name
    return "different"


def plain_address(a: Person, b: Person, rules: LinkageRules) -> str:
    def known(person: Person) -> list[dict[str, str | None]]:
        every = [*person.get("addresses", ()), *person.get("localities", ())]
        distinct = [place for at, place in enumerate(every) if place not in every[:at]]
        return [place for place in [one for one in distinct if any(one.values())][:2] if place["street"] or place["zip"] or place["city"]]

    found = [CLAIMS["address"].index(plain_place(one, two, rules)) for one in known(a) for two in known(b)]
    return CLAIMS["address"][max(found)] if found else "missing"


def plain_names(a: Person, b: Person, records: list[Person], rules: LinkageRules) -> tuple[str, str]:
    """First and last name; where neither agrees they may be exchanged, and misspelt or one of them not known."""
    first, last = plain_first(a, b, records, rules), plain_last(a, b, records, rules)
    if {first, last} <= {"different", "similar"}:
        crossed = (JaroWinkler.similarity(a["first"], b["last"]), JaroWinkler.similarity(a["last"], b["first"]))
        if min(crossed) >= rules.similarity["similar_last"] and max(crossed) >= rules.similarity["close_last"]:
            return "swapped_near", "swapped"
    elif {first, last} <= {"different", "similar", "missing"}:
        for one, two in ((a, b), (b, a)):
            if one.get("first") and one.get("first") == two.get("last") and not (one.get("last") and two.get("first")):
                return "swapped_half", "missing" if last == "missing" else "swapped"
    return first, last


def plain_levels(a: Person, b: Person, records: list[Person], rules: LinkageRules) -> list[str]:
    return [
        plain_ssn(a, b), plain_dob(a, b), *plain_names(a, b, records, rules), plain_middle(a, b),
        plain_suffix(a, b), plain_phone(a, b), plain_email(a, b), plain_address(a, b, rules),
    ]  # fmt: skip


HOUSES = ["1", "12", "21", "123", None]
PERSON = st.fixed_dictionaries({}, optional={
    "first": st.one_of(st.sampled_from(["BOB", "ROBERT", "BERT", "J", "JAMES", "JAMIE", "GRANT", "MARTHA", "MARHTA"]),
                       st.text("ABN", min_size=1, max_size=4)),
    "last": st.one_of(st.sampled_from(["GRANT", "BOB", "SMITH-JONES", "JONES", "DE LA CRUZ", "CRUZ", "JOHNSON", "JOHNSEN"]),
                      st.text("ABN", min_size=1, max_size=4)),
    "former": st.sampled_from([["JONES"], ["GRANT", "CRUZ"], []]), "middle": st.sampled_from(["A", "B", "ANN", "ALICE", "BEA"]),
    "suffix": st.sampled_from(["JR", "SR", "III", "XX"]),
    "dob": st.sampled_from(["1980-02-03", "1980-03-02", "1980-02-13", "1980-02-14", "1980-01-01", "1908-02-03", "1955-02-03",
                            "1980-11-29", "1981-03-20"]),
    "ssn": st.sampled_from(["123456789", "987656789", "123456798", "123450000"]),
    "phones": st.lists(st.sampled_from(["+15185550123", "+15185550132", "+15185559876", "+15815550123", "+12125550123", "+447911123456",
                                        "+447911123465", "+357911123456"]), max_size=5),
    "emails": st.lists(st.sampled_from(["ann@example.com", "ann@example.org", "bob@example.com", "bob@example.net", "an@example.com",
                                        "ann@exampl.com", "anna.lee@example.com", "anna.lea@example.com"]), max_size=4),
    "localities": st.lists(st.sampled_from([address(None, None, place) for place in ("ALBANY NY -", "ALBANY NY 12207", "- - 12207")]),
                           max_size=2),
    "addresses": st.lists(st.builds(
        address, st.sampled_from(HOUSES), st.sampled_from(["MAIN ST", "MAINE ST", "OAK AVE", "PO BOX 9", "PO BOX 8", None]),
        st.sampled_from(["ALBANY NY 12207", "TROY NY 12207", "ALBANY NY 12210", "ALBANY - 12299", "ALBANY CA 93701", "- NY -", "- - -",
                         "OTTAWA ON K1A-0B1", "TORONTO ON K1A-0B2", "OTTAWA ON -", "BUFFALO NY 14201"]),
    ), max_size=3),
})  # fmt: skip
EVERY_HOUSE: Person = {"addresses": [address(house, None) for house in HOUSES if house]}


@given(st.lists(PERSON, min_size=1, max_size=5), st.lists(PERSON, min_size=1, max_size=5))
def test_any_two_people_compare_as_their_texts_do(accounts: list[Person], records: list[Person]) -> None:
    rules, records = replace(load(), frequency=(0.9, 0.6, 0.4, 0.2)), [*records, EVERY_HOUSE]
    left, right = (side.ravel() for side in np.mgrid[: len(accounts), : len(records)])
    levels = levels_of(accounts, compared_only(records, rules), left, right, rules)
    for i, j, found in zip(left, right, levels, strict=True):
        assert level_names(found, rules) == plain_levels(accounts[i], records[j], records, rules)


@given(st.lists(st.tuples(st.text("ABENRT", min_size=1, max_size=7), st.text("ABENRT", min_size=1, max_size=7)), min_size=1, max_size=12))
def test_names_compare_as_rapidfuzz_says(names: list[tuple[str, str]]) -> None:
    accounts, records = ([{"first": pair[side], "last": pair[1 - side]} for pair in names] for side in (0, 1))
    rules, every = load(), list(range(len(names)))
    levels = levels_of(accounts, compared_only(records), every, every)
    for mine, theirs, found in zip(accounts, records, levels, strict=True):
        assert tuple(level_names(found)[2:4]) == plain_names(mine, theirs, records, rules)


def test_the_level_of_a_claim_is_the_rules_business() -> None:
    """Rules that list the levels in another order number them so; the pair's claim stays the same."""
    dob = load().comparison("dob")
    turned = replace(dob, levels=(dob.levels[0], *dob.levels[:0:-1]))
    rules = replace(load(), comparisons=tuple(turned if one is dob else one for one in load().comparisons))
    people: list[Person] = [{"dob": "1980-02-03"}]
    for number, expected in ((load(), 9), (rules, 1)):
        assert levels_of(people, compared_only(people), [0], [0], number)[0, load().names.index("dob")] == expected


def test_no_pairs_give_no_levels() -> None:
    levels = levels_of([{"first": "ANN"}], compared_only([{"first": "ANN"}]), [], [])
    assert (levels.shape, levels.dtype) == ((0, len(load().names)), np.int8)
