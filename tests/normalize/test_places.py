from __future__ import annotations

import pytest

from skiptrace.normalize.places import Place, country_of_lines, read_city, read_country, read_place, read_state, read_zip


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("WA", "WA"),
        (" wa ", "WA"),
        ("Washington", "WA"),
        ("D.C.", "DC"),
        ("N.Y.", "NY"),
        ("N. Carolina", None),
        ("Ontario", "ON"),
        ("W4", None),
        ("", None),
    ],
)
def test_states(text: str, code: str | None) -> None:
    assert read_state(text)[0] == code


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("98101", ("98101", None)),
        ("98101-1234", ("98101", "1234")),
        ("981011234", ("98101", "1234")),
        ("98101 1234", ("98101", "1234")),
        (" 98101.0 ", ("98101", None)),
        ("8101", (None, None)),
        ("9810I", (None, None)),
        ("٩٨١٠١", (None, None)),
        ("", (None, None)),
    ],
)
def test_zip_codes(text: str, expected: tuple[str | None, str | None]) -> None:
    assert read_zip(text) == expected


def test_cities_and_countries() -> None:
    assert read_city(" St. Louis ") == "SAINT LOUIS"
    assert read_city("Coeur d'Alene") == "COEUR DALENE"
    assert [read_city(text) for text in ("Unknown", "123", "", "x" * 2_000)] == [None] * 4
    assert [read_country(text) for text in ("usa", "U.S.A.", "Canada", "FR", "Narnia", "")] == [
        "US",
        "US",
        "CA",
        "FR",
        None,
        None,
    ]


@pytest.mark.parametrize(
    ("city", "state", "postal", "country", "expected"),
    [
        ("Seattle", "WA", "98101-1234", "", Place("SEATTLE", "WA", "98101", "1234", "US")),
        ("Seattle, WA 98101", "", "", "", Place("SEATTLE", "WA", "98101", None, "US")),
        ("Toronto", "Ontario", "m5v 2t6", "", Place("TORONTO", "ON", "M5V 2T6", None, "CA")),
        ("Toronto", "", "M5V2T6", "", Place("TORONTO", None, "M5V 2T6", None, "CA")),
        ("Toronto, ON M5V 2T6", "", "", "", Place("TORONTO", "ON", "M5V 2T6", None, "CA")),
        ("Mona Vale", "nsw", "2285", "AU", Place("MONA VALE", "NSW", "2285", None, "AU")),
        ("Perth", "WA", "6000", "Australia", Place("PERTH", "WA", "6000", None, "AU")),
        ("Bayamon", "", "00956", "PR", Place("BAYAMON", "PR", "00956", None, "US")),
        ("London", "", "SW1A 1AA", "UK", Place("LONDON", None, "SW1A 1AA", None, "GB")),
        ("", "", "", "", Place(None, None, None, None, None)),
    ],
)
def test_places(city: str, state: str, postal: str, country: str, expected: Place) -> None:
    assert read_place(city, state, postal, country) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("E St Louis", "EAST SAINT LOUIS"),
        ("Ft. Worth", "FORT WORTH"),
        ("Mt Vernon", "MOUNT VERNON"),
        ("N. Las Vegas", "NORTH LAS VEGAS"),
        ("Winston-Salem", "WINSTON SALEM"),
        ("Washington, D.C.", "WASHINGTON"),
        ("A.P.O.", "APO"),
        ("Ste", "STE"),
        ("Lake St Louis", "LAKE ST LOUIS"),
        ("C/O John Smith", None),
        ("Attn: John Smith", None),
        ("Homeless", None),
    ],
)
def test_cities_in_full(text: str, expected: str | None) -> None:
    assert read_city(text) == expected
    assert expected is None or read_city(expected) == expected


@pytest.mark.parametrize(
    ("state", "postal", "country", "expected"),
    [
        ("PR", "00926", "", "PR"),
        ("Puerto Rico", "", "US", "PR"),
        ("", "", "PR", "PR"),
        ("VI", "", "", "US"),
        ("", "", "GU", "US"),
        ("ON", "", "", "CA"),
        ("PR", "", "Narnia", "??"),
        ("PR", "", "CA", "CA"),
        ("", "", "", None),
    ],
)
def test_the_country_of_street_lines(state: str, postal: str, country: str, expected: str | None) -> None:
    assert country_of_lines(state, postal, country) == expected


def test_what_stood_in_the_street_line_fills_what_is_empty() -> None:
    hint = ("Seattle", "WA", "98101")
    assert read_place("", "", "", "", hint) == Place("SEATTLE", "WA", "98101", None, "US")
    assert read_place("Tacoma", "", "", "", hint).city == "TACOMA"
