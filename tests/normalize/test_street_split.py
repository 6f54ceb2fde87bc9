from __future__ import annotations

import pytest

from skiptrace.normalize import street_split
from skiptrace.normalize.street_split import join_house, split_line


@pytest.mark.parametrize(
    ("text", "house", "street", "unit"),
    [
        ("123 N MAIN ST APT 4", "123", "N MAIN ST", "APT 4"),
        ("98G19 HARVEST LN", "98G19", "HARVEST LN", ""),
        ("132-03 OAK DR", "132-03", "OAK DR", ""),
        ("123 1/2 MAIN ST", "123 1/2", "MAIN ST", ""),
        ("123 A MAIN ST", "123A", "MAIN ST", ""),
        ("00123 MAIN ST", "123", "MAIN ST", ""),
        ("5TH AVE", "", "5TH AVE", ""),
        ("42 ST", "", "42 ST", ""),
        ("346 SPNNG VIJLAS CIRC1E", "346", "SPNNG VIJLAS CIRC1E", ""),
        ("24495 ARC", "24495", "ARC", ""),
        ("5970 5202 MARKET POINT DR", "5970", "5202 MARKET POINT DR", ""),
        ("6902 DANIELS RD 48", "6902", "DANIELS RD 48", ""),
        ("3633 CR 48822", "3633", "CR 48822", ""),
        ("54 DIVISION ST 8 FL UNIT 1", "54", "DIVISION ST", "8 FL UNIT 1"),
        ("1681 HANNA AP NBR 10086", "1681", "HANNA", "AP NBR 10086"),
        ("616 MOUNT KILIMANJARO LA", "616", "MOUNT KILIMANJARO LA", ""),
        ("10212 COUNTY ROAD 1010", "10212", "COUNTY ROAD 1010", ""),
        ("107 S OCEAN DR 701", "107", "S OCEAN DR", "701"),
        ("531 MGUIRWOODS L", "531", "MGUIRWOODS L", ""),
        ("123", "123", "", ""),
        ("5TH ST & OAK AVE", "", "5TH ST & OAK AVE", ""),
    ],
)
def test_lines(text: str, house: str, street: str, unit: str) -> None:
    found = split_line(text, True, True)
    assert (found.house, " ".join(found.street), found.unit) == (house, street, unit)


def test_the_plain_pattern_reads_what_the_tagger_gives_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def give_up(text: str) -> None:
        raise RuntimeError(text)

    monkeypatch.setattr(street_split.usaddress, "tag", give_up)
    found = split_line("123 N MAIN ST APT 4", True, True)
    assert (found.house, found.street, found.unit, found.ambiguous) == ("123", ["N", "MAIN", "ST"], "APT 4", True)
    assert split_line("UNIT 5, 11 WERE ST", False, True)[:3] == ("11", ["WERE", "ST"], "UNIT 5")


def test_place_words_are_street_words_where_the_place_is_known() -> None:
    known = split_line("120 E 96TH ST NEW YORK", True, True)
    assert (" ".join(known.street), known.merged) == ("E 96TH ST NEW YORK", "NEW YORK")
    assert split_line("120 E 96TH ST NEW YORK", True, False)[1:4] == (["E", "96TH", "ST"], "", ("NEW YORK", "", ""))
    assert split_line("1 MAIN ST, SEATTLE, WA 98101", True, True).place == ("SEATTLE", "WA", "98101")


def test_house_numbers_are_joined_without_losing_a_word() -> None:
    assert join_house(["123", "1/2"]) == "123 1/2"
    assert join_house(["007"]) == "7"
    assert join_house(["000"]) == "000"
    assert join_house([]) == ""
