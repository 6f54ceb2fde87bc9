from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skiptrace.normalize.name_parser import Name, parse, parse_full


def person(first: str | None, middle: str | None, last: str | None, suffix: str | None = None, *flags: str) -> Name:
    return Name(first, middle, last, suffix, "person", flags)


PARTS = [
    (("John", "A.", "Smith", "Jr."), person("JOHN", "A", "SMITH", "JR")),
    (("  mary  ann ", None, "O'Brien-Jones", ""), person("MARY ANN", None, "OBRIEN-JONES")),
    (("JOHN A", None, "SMITH JR", None), person("JOHN", "A", "SMITH", "JR")),
    (("Juan", None, "Garcia Lopez", None), person("JUAN", None, "GARCIA LOPEZ")),
    (("Ana", None, "de la Cruz", None), person("ANA", None, "DE LA CRUZ")),
    (("Ann", None, "Smith - Jones", None), person("ANN", None, "SMITH-JONES")),
    (("John", "III", "Smith", None), person("JOHN", None, "SMITH", "III")),
    (("John", "V", "Smith", None), person("JOHN", "V", "SMITH")),
    (("Peter", None, "SMITH V", None), person("PETER", None, "SMITH", "V")),
    (("Junior", None, "Garcia", None), person("JUNIOR", None, "GARCIA")),
    (("Dr. John", None, "Smith MD", "3rd"), person("JOHN", None, "SMITH", "III")),
    (("K.C.", None, "ST.CLAIR", None), person("KC", None, "ST CLAIR")),
    (("José", None, "Núñez", None), person("JOSE", None, "NUNEZ")),
    (("Jоhn", None, "Smith", None), person("JOHN", None, "SMITH", None, "homoglyph")),
    (("Adult Male", None, "Smith", None), person(None, None, "SMITH", None, "placeholder")),
    (("Grandchild", "X", "Smith", None), person(None, None, "SMITH", None, "placeholder")),
    (("John", None, "Unknown", None), person("JOHN", None, None, None, "placeholder")),
    (("Mr", None, "Jones", None), person(None, None, "JONES", None, "placeholder")),
    (("Mary", None, "House", None), person("MARY", None, "HOUSE")),
    (("Nino", None, "Rossi", None), person("NINO", None, "ROSSI")),
    (("Mary", None, "Doe", None), person("MARY", None, "DOE")),
    (("John", "NMN", "Smith", None), person("JOHN", None, "SMITH")),
    (("Est of Joan", None, "Smith", None), person("JOAN", None, "SMITH", None, "estate")),
    (("Joan", None, "Smith (Deceased)", None), person("JOAN", None, "SMITH", None, "estate")),
    (("John & Mary", None, "Smith", None), person("JOHN", None, "SMITH", None, "joint")),
    (("Estate of", None, "Roe", None), person(None, None, "ROE", None, "estate")),
    (("Estate of", None, "Jane Roe", None), person("JANE", None, "ROE", None, "estate")),
    (("The Estate", None, "of Jane Roe", "Jr"), person("JANE", None, "ROE", "JR", "estate")),
    (("Est", None, "of Jane Roe", None), person("JANE", None, "ROE", None, "estate")),
    (("Estate of", None, "Roe, Jane", None), person("JANE", None, "ROE", None, "estate")),
    (("Estate of", None, "de la Cruz", None), person(None, None, "DE LA CRUZ", None, "estate")),
    ((None, None, "Est. of Jane Roe", None), person("JANE", None, "ROE", None, "estate")),
    (("Jane", "Deceased", "Roe", None), person("JANE", None, "ROE", None, "estate")),
    (("Jane", None, "Roe", "Dec'd"), person("JANE", None, "ROE", None, "estate")),
    (("Jane", None, "Roe's Estate", None), person("JANE", None, "ROE", None, "estate")),
    (("Mc\u200bKay", None, "Roe", None), person("MCKAY", None, "ROE", None, "hidden_marks")),
    (("Jos\ufffd", None, "Roe", None), person(None, None, "ROE", None, "unreadable")),
    (("Jo\0hn", None, "Roe\0\0", None), person(None, None, "ROE", None, "unreadable")),
    (("李", None, "小龍", None), Name(None, None, None, None, "unknown", ("unreadable",))),
    (("Lady Of", None, "House", None), Name(None, None, None, None, "unknown", ("placeholder",))),
    ((None, None, "Smith, John A", "Jr"), person("JOHN", "A", "SMITH", "JR")),
    ((None, None, "Acme, L.L.C.", None), Name(None, None, "ACME LLC", None, "organisation", ("organisation",))),
    (("Acme", None, "LLC", None), Name(None, None, "ACME LLC", None, "organisation", ("organisation",))),
    (("Mary", None, "Church", None), person("MARY", None, "CHURCH")),
    (("Lady Of The", None, "House", None), Name(None, None, None, None, "unknown", ("placeholder",))),
    (("Test", None, "Test", None), Name(None, None, None, None, "unknown", ("placeholder",))),
    (("Jane", None, "Doe", None), Name(None, None, None, None, "unknown", ("placeholder",))),
    (("N/A", None, "xxx", None), Name(None, None, None, None, "unknown", ("placeholder",))),
    (("8", None, "---", None), Name(None, None, None, None, "unknown", ("placeholder",))),
    ((None, "", " ", None), Name(None, None, None, None, "unknown", ())),
]


@pytest.mark.parametrize(("parts", "expected"), PARTS, ids=lambda value: " ".join(str(item) for item in value[:4]))
def test_parts(parts: tuple[str | None, str | None, str | None, str | None], expected: Name) -> None:
    assert parse(*parts) == expected


FULL = [
    ("SMITH, JOHN A", person("JOHN", "A", "SMITH")),
    ("John A Smith Jr", person("JOHN", "A", "SMITH", "JR")),
    ("SMITH JR, JOHN A", person("JOHN", "A", "SMITH", "JR")),
    ("Smith, John, Jr.", person("JOHN", None, "SMITH", "JR")),
    ("SMITH, JOHN A III", person("JOHN", "A", "SMITH", "III")),
    ("Dr. John Q. Smith, M.D.", person("JOHN", "Q", "SMITH")),
    ("Maria de la Cruz", person("MARIA", None, "DE LA CRUZ")),
    ("John van der Berg IV", person("JOHN", None, "VAN DER BERG", "IV")),
    ("Van Morrison", person("VAN", None, "MORRISON")),
    ("SMITH JOHN A", person("JOHN", "A", "SMITH")),
    ("O'Neil-Smith, Mary Ann", person("MARY", "ANN", "ONEIL-SMITH")),
    ('Robert "Bob" Smith', person("ROBERT", None, "SMITH")),
    ("Cher", person(None, None, "CHER")),
    ("SMITH,", person(None, None, "SMITH")),
    ("ESTATE OF JOHN SMITH", person("JOHN", None, "SMITH", None, "estate")),
    ("EST OF JOHN SMITH", person("JOHN", None, "SMITH", None, "estate")),
    ("SMITH, JOHN (DECEASED)", person("JOHN", None, "SMITH", None, "estate")),
    ("Mr & Mrs John Smith", person("JOHN", None, "SMITH", None, "joint")),
    ("JOHN AND MARY SMITH", person("JOHN", None, "SMITH", None, "joint")),
    ("Smith, John & Mary", person("JOHN", None, "SMITH", None, "joint")),
    ("John Smith c/o Mary Jones", person("JOHN", None, "SMITH")),
    ("BABY BOY SMITH", person(None, None, "SMITH", None, "placeholder")),
    ("Current Resident", Name(None, None, None, None, "unknown", ("placeholder",))),
    ("John Doe", Name(None, None, None, None, "unknown", ("placeholder",))),
    ("Acme Plumbing, Inc.", Name(None, None, "ACME PLUMBING INC", None, "organisation", ("organisation",))),
    ("First National Bank", Name(None, None, "FIRST NATIONAL BANK", None, "organisation", ("organisation",))),
    ("Oregon Real Estate LLC", Name(None, None, "OREGON REAL ESTATE LLC", None, "organisation", ("organisation",))),
    ("EST. OF JANE ROE", person("JANE", None, "ROE", None, "estate")),
    ("UNKNOWN HEIRS OF JANE ROE", person("JANE", None, "ROE", None, "estate")),
    ("JANE ROE DEC'D", person("JANE", None, "ROE", None, "estate")),
    ("Estate of", Name(None, None, None, None, "unknown", ("estate",))),
    ("Juan Garcia y Lopez", person("JUAN", None, "GARCIA Y LOPEZ")),
    ("GARCIA LOPEZ, JUAN CARLOS", person("JUAN", "CARLOS", "GARCIA LOPEZ")),
    ("Mary Y Smith", person("MARY", "Y", "SMITH")),
    ("Maria de los Angeles Ruiz", person("MARIA", "DE LOS ANGELES", "RUIZ")),
    ("Rev. Dr. Ann Marie O'Neil", person("ANN", "MARIE", "ONEIL")),
    ("Joe's Garage", Name(None, None, "JOES GARAGE", None, "organisation", ("organisation",))),
    ("Smith Co.", Name(None, None, "SMITH CO", None, "organisation", ("organisation",))),
    ("J\ufffdhn Smith", Name(None, None, None, None, "unknown", ("unreadable",))),
    ("😀", Name(None, None, None, None, "unknown", ("unreadable",))),
    ("\u202eJohn\u202c Smith", person("JOHN", None, "SMITH", None, "hidden_marks")),
    ("", Name(None, None, None, None, "unknown", ())),
]


@pytest.mark.parametrize(("full", "expected"), FULL, ids=[row[0] for row in FULL])
def test_full_names(full: str, expected: Name) -> None:
    assert parse_full(full) == expected


def test_too_much_text_is_unreadable() -> None:
    assert parse_full("x" * 10_000_000).flags == ("unreadable",)
    assert parse("x" * 10_000_000, None, "Roe", None) == person(None, None, "ROE", None, "unreadable")


@given(st.sampled_from([row[0] for row in FULL]))
def test_a_canonical_name_written_last_name_first_reads_back(full: str) -> None:
    name = parse_full(full)
    if name.kind == "person" and name.first is not None and name.last is not None:
        text = f"{name.last}{' ' + name.suffix if name.suffix else ''}, {name.first} {name.middle or ''}"
        assert parse_full(text)[:5] == name[:5]


def test_no_text_raises(strange: str) -> None:
    for name in (parse_full(strange), parse(strange, strange, strange, strange), parse(None, None, strange, None)):
        assert name.kind in {"person", "organisation", "unknown"}
        assert name.flags == tuple(sorted(name.flags))


@given(*[st.text("abDEé.,-'&/( )0", max_size=24)] * 4)
def test_parts_are_canonical(first: str, middle: str, last: str, suffix: str) -> None:
    for name in (parse(first, middle, last, suffix), parse_full(last)):
        for part in name[:3]:
            assert part is None or (part == part.upper().strip(" -") and part.isascii() and "  " not in part and part)
