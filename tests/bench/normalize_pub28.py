"""Addresses in the form of USPS Publication 28: cases by hand, real addresses twice, and parses beside the library's.

    DATA=/path/to/data python -m tests.bench.normalize_pub28 [--verbose]

A normal form is read again as columns (house, street and unit in the first line, a box beside a street in the second)
and as the one line; neither may change. Parses are compared part by part after both were brought to the same form, so
that what differs is which word was taken for what; --verbose lists those lines, which are public test strings.
"""

from __future__ import annotations

import csv
import os
import re
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import usaddress

from skiptrace.normalize.address_words import standard_street, standard_unit
from skiptrace.normalize.addresses import Address, parse
from skiptrace.normalize.folding import fold
from skiptrace.normalize.places import read_city, read_state
from skiptrace.normalize.street_split import join_house
from skiptrace.normalize.zones import states_of_zip
from tests.bench.report import Figure, print_bench

CASES = Path(__file__).parent.parent / "normalize" / "publication_28.csv"
_GIVEN = ("line1", "line2", "city", "state", "postal_code", "country")
_NO_SIGN = re.compile(r"[^A-Z0-9 #/&-]+")
_PARTS = ("house", "street", "unit", "box", "city", "state", "zip")
_STREET = (
    "StreetNamePreModifier", "StreetNamePreDirectional", "StreetNamePreType", "StreetName", "StreetNamePostType",
    "StreetNamePostDirectional", "StreetNamePostModifier",
)  # fmt: skip
_UNIT = ("OccupancyType", "OccupancyIdentifier", "SubaddressType", "SubaddressIdentifier")


def cases() -> list[dict[str, str]]:
    """The cases written from the standard: what is given, what must come out, and the section that says so."""
    with CASES.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def passes(case: Mapping[str, str], address: Address) -> bool:
    """Whether an address is what a case says."""
    parts = (address.line, address.house, address.street, address.unit, address.box, address.kind)
    wanted = tuple(case[name] or None for name in ("line", "house", "street", "unit", "box", "kind"))
    return parts == wanted and address.flags == tuple(case["flags"].split())


def values(address: Address) -> tuple[str | None, ...]:
    """What must stay: everything but the flags, which also tell of what was dropped on the way."""
    return (*address[:10], address.line)


def read_again(address: Address) -> Address:
    """A normal form given as columns once more."""
    street = " ".join(filter(None, (address.house, address.street, address.unit)))
    first, second = (street, address.box) if address.street is not None else (address.box, None)
    code = "-".join(filter(None, (address.zip5, address.zip4)))
    return parse(first, second, address.city, address.state, code, address.country)


def line_again(address: Address) -> str | None:
    """A normal form given as one line once more."""
    return parse(address.line, None, None, None, None).line


def figures(environ: Mapping[str, str] = os.environ, verbose: bool = False) -> list[Figure]:
    """Every figure, in the order of the table."""
    given = cases()
    read = [parse(*(case[name] for name in _GIVEN)) for case in given]
    kept = [address for address in read if address.line is not None]
    return [
        Figure("publication_28.cases", len(given), "cases", 300),
        Figure("publication_28.cases_passed", sum(map(passes, given, read)), "cases", len(given)),
        Figure("publication_28.cases_changed_again", sum(values(a) != values(read_again(a)) for a in kept), "cases", 0, None, True),
        *_real(environ),
        *_beside_library(environ, verbose),
    ]


def _table(environ: Mapping[str, str], name: str) -> tuple[list[dict[str, Any]] | None, str | None]:
    path = Path(environ.get("DATA", "")) / "parsing" / name
    if not environ.get("DATA") or not path.is_file():
        return None, "DATA is not set" if not environ.get("DATA") else "DATA holds no such file"
    return pq.read_table(path).to_pylist(), None


def read_real(row: Mapping[str, Any]) -> Address:
    """One row of the real addresses."""
    return parse(row["address1"], row["address2"], row["city"], row["state"], row["postalCode"])


def is_whole(address: Address) -> bool:
    """Whether a street address was parsed without doubt, and its state lies where its ZIP code does."""
    found = address.house is not None and address.street is not None and "ambiguous" not in address.flags
    return found and address.zip5 is not None and address.state in states_of_zip(address.zip5)


def _real(environ: Mapping[str, str]) -> list[Figure]:
    rows, reason = _table(environ, "rrad_real_addresses.parquet")
    read = None if rows is None else [read_real(row) for row in rows]
    share = read and round(sum(map(is_whole, read)) / len(read), 4)
    changed = read and sum(values(address) != values(read_again(address)) for address in read)
    lines = read and sum(line_again(address) != address.line for address in read)
    return [
        Figure("real_addresses.parsed_and_consistent", share, "share", 0.995, reason),
        Figure("real_addresses.changed_again", changed, "addresses", 0, reason, True),
        Figure("real_addresses.line_changed_again", lines, "addresses", 0, reason, True),
    ]


def _library_parts(line: str) -> tuple[dict[str, str], str] | None:
    """(parts in canonical form, form) of the library's own tagging; None where it gives up."""
    try:
        tagged, form = usaddress.tag(line)
    except usaddress.RepeatedLabelError:
        return None
    upper = {label: _NO_SIGN.sub("", fold(value).text.replace(",", " ")) for label, value in tagged.items()}
    house = [word for label in ("AddressNumberPrefix", "AddressNumber", "AddressNumberSuffix") for word in upper.get(label, "").split()]
    street = [word for label, value in upper.items() if label in _STREET for word in value.split()]
    unit = standard_unit(" ".join(value for label, value in upper.items() if label in _UNIT))
    code, _ = read_state(tagged.get("StateName", ""))
    number = upper.get("USPSBoxID", "")
    return {
        "house": join_house(house), "street": standard_street(street), "unit": unit or "",
        "box": f"PO BOX {number}" if number else "", "city": read_city(tagged.get("PlaceName", "")) or "", "state": code or "",
        "zip": tagged.get("ZipCode", "").strip(" ,")[:5],
    }, form  # fmt: skip


def _reason(line: str) -> str:
    """Why our parse of a line is another than the library's; empty where it is the same."""
    ours, theirs = parse(line, None, None, None, None), _library_parts(line)
    if theirs is None:
        return "the library gives up: a label comes back"
    parts, form = theirs
    own = dict(zip(_PARTS, (text or "" for text in ours[:7]), strict=True))
    differ = [name for name in _PARTS if own[name] != parts[name]]
    if not differ:
        return ""
    if not any(parts.values()) or form == "Ambiguous":
        return "no address for the library: the words are kept, without a number marked as incomplete"
    if form == "Intersection" or "ambiguous" in ours.flags:
        return "a corner: both streets are kept in one"
    if ours.kind not in ("street", "incomplete"):
        return "a delivery without a street: read as a whole"
    if differ[0] == "house":
        return "house number: taken for the street's name, or the other way round"
    if {"city", "state", "zip"} & set(differ):
        return "place: words between street and place go elsewhere"
    if set(differ) <= {"street", "unit"} and "unit" in differ:
        return "unit: its kind or number goes elsewhere"
    return "street: words that the library calls something else"


def _beside_library(environ: Mapping[str, str], verbose: bool) -> list[Figure]:
    rows, reason = _table(environ, "address_parser_unit_corpora.parquet")
    if rows is None:
        return [Figure("beside_library.same", None, "lines", reason=reason)]
    lines = sorted({row["raw"] for row in rows if row["raw"]})
    found = {line: _reason(line) for line in lines}
    if verbose:
        for line, why in sorted(found.items(), key=lambda item: (item[1], item[0])):
            if why:
                ours, theirs = parse(line, None, None, None, None)[:7], _library_parts(line)
                sys.stdout.write(f"{why}\n    {line!r}\n    ours {ours}\n    theirs {theirs}\n")
    counts = Counter(found.values())
    same = Figure("beside_library.same", counts.pop("", 0), f"lines of {len(lines)}")
    return [same, *(Figure(f"beside_library.differ: {why}", count, "lines") for why, count in sorted(counts.items()))]


if __name__ == "__main__":
    print_bench("normalize_pub28", figures(verbose="--verbose" in sys.argv[1:]))
