"""Addresses beside the library they must equal: differences, and the ratio of CPU times on the same lines, one core.

    DATA=/path/to/data python -m tests.bench.normalize_addresses

Cold is a memory that knows nothing; warm one that has read the same lines; "unseen" one that has read as many others of the
same kind. The loops are compiled (or loaded from an earlier process) before, and what that took is a figure of its own.
Times are CPU times, medians of several runs. Rows of whole addresses are measured beside reading them value by value.
"""

from __future__ import annotations

import os
import random
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import usaddress

from skiptrace.normalize.address_columns import read_address_columns
from skiptrace.normalize.address_model import AddressMemory, LabelledLines, label_lines
from skiptrace.normalize.addresses import ADDRESS_FIELDS, read_by_value
from skiptrace.normalize.words import read_rows
from tests.bench.report import Figure, print_bench

_KINDS = [
    "St", "Street", "Ave", "Avenue", "Rd", "Road", "Dr", "Drive", "Ln", "Lane",
    "Ct", "Court", "Blvd", "Pl", "Way", "Ter", "Cir", "Pkwy", "Hwy",
]  # fmt: skip
_DIRECTIONS = ["N", "S", "E", "W", "North", "South", "East", "West", "NE", "SW", "N.", "S."]
_UNITS = ["Apt {}", "#{}", "Unit {}", "Ste {}", "Apt. {}", "# {}", "Suite {}", "Apt #{}", "Bldg {}", "Fl {}", "Lot {}", "Rm {}"]
_HEADS = [
    "Ar", "Bel", "Cam", "Dor", "El", "Fen", "Gar", "Hol", "In", "Jar", "Kel", "Lan", "Mor", "Nor", "Os", "Pal", "Quin", "Ros",
    "Stan", "Tor",
]  # fmt: skip
_MIDDLES = ["", *["a", "e", "i", "bo", "da", "ling", "mer", "nes", "ro", "ster", "ving"]]
_TAILS = ["berg", "by", "dale", "don", "field", "ford", "ham", "ley", "mont", "more", "ridge", "son", "ton", "view", "ville", "wood"]
_ODD = [
    "", " ", ",", ",,, ,", "#", "&", "# &", "()", "(", "((12", "5 1/2 Main St", "123 Main St Apt 4 Apt 5", "Main & Oak",
    "Corner of Main St and Oak Ave, Dallas", "123 Main St (rear)", "(123) Main St.", "O'Brien's Landing 5", "1 A B C D E F G",
    "PO Box 12 PO Box 13", "RR 2 Box 15", "HC 1 Box 7", "½ Mile Rd", "12½ Oak", "Calle José 5", "123 Main St\n\nDallas,\nTX",
    "B&B Inn, 5 Oak", "A&amp;B 5 Main", "A&#38;B 5 Main", "& # & #", "12.5 Main", "1.2.3", "98101-1234", "60637-1755,", "60637-1755-",
    "Unit 5/11 Were St", "12-34 56th Ave", "N6W23001 Bluemound", "_ _ __a", "a_b-c.d 5", "-5 Main -", "5 -Main", "\x00", "St\x00reet 5",
    "\x1c5 Main\x1fSt", "5 Main\tSt\x0bX", "x" * 500, "1" * 300, "A B " * 200,
    "5 Main St, " * 60, ".5 Main", "...", "a.,;)\n.b", "Main St.;(5)",
]  # fmt: skip
"""Lines that files hold and no address library was made for."""


def generated_lines(count: int, seed: int, odd: float = 0.03) -> list[str]:
    """Made-up address lines as files hold them; a share of them odd: typing errors, strange signs, parts in any order."""
    draw = random.Random(seed)
    names = [head + middle + tail for head in _HEADS for middle in _MIDDLES for tail in _TAILS]
    streets = [row["street"] for row in read_rows("demo_streets")] + names
    places = read_rows("demo_places")
    return [_odd(draw, streets) if draw.random() < odd else _plain(draw, streets, places) for _ in range(count)]


def _plain(draw: random.Random, streets: Sequence[str], places: Sequence[Mapping[str, str]]) -> str:
    number = str(draw.randint(1, 99)) if draw.random() < 0.1 else str(draw.randint(100, 19_999))
    words = [number]
    if draw.random() < 0.3:
        words.append(draw.choice(_DIRECTIONS))
    if draw.random() < 0.1:
        turn = draw.randint(1, 140)
        words.append(f"{turn}{'th' if 10 < turn % 100 < 14 else {1: 'st', 2: 'nd', 3: 'rd'}.get(turn % 10, 'th')}")
    else:
        words.extend(draw.choice(streets) for _ in range(1 if draw.random() < 0.85 else 2))
    words.append(draw.choice(_KINDS))
    if draw.random() < 0.25:
        number = draw.choice([str(draw.randint(1, 2_500)), f"{draw.randint(1, 40)}{draw.choice('ABCD')}", draw.choice("ABCDEF")])
        words.append(draw.choice(_UNITS).format(number))
    if draw.random() < 0.03:
        words = [draw.choice(["PO Box", "P.O. Box"]), str(draw.randint(1, 9_999))]
    text = " ".join(words)
    if draw.random() < 0.5:
        place = draw.choice(places)
        code = place["zip"] + (f"-{draw.randint(1, 9_999):04}" if draw.random() < 0.2 else "")
        text = f"{text}, {place['city']}, {place['state']} {code}"
    return text.upper() if draw.random() < 0.5 else text


def _odd(draw: random.Random, streets: Sequence[str]) -> str:
    if draw.random() < 0.3:
        return draw.choice(_ODD)
    pool = [*_KINDS, *_DIRECTIONS, *_ODD[:20], "Apt", "Box", "PO", "of", "and", "Floor", "Dallas", "TX", str(draw.randint(0, 99_999))]
    words = [draw.choice(pool) if draw.random() < 0.7 else draw.choice(streets) for _ in range(draw.randint(1, 12))]
    text = draw.choice([" ", " ", ", ", "  "]).join(words)
    return "".join(draw.choice("#&(),;.-/'\" 0aZ\n") if draw.random() < 0.03 else letter for letter in text)


def differences(lines: Sequence[str], labelled: LabelledLines) -> int:
    """Lines whose tokens or labels differ from the library's."""
    return sum(labelled.parsed(at) != list(usaddress.parse(line)) for at, line in enumerate(lines))


def _seconds(work: Callable[[], object]) -> float:
    before = time.process_time()
    work()
    return time.process_time() - before


def _library(lines: Sequence[str]) -> None:
    for line in lines:
        try:
            usaddress.tag(line)
        except usaddress.RepeatedLabelError:
            continue


def figures(environ: Mapping[str, str] = os.environ) -> list[Figure]:
    """Every figure, in the order of the table."""
    compile_time = _seconds(lambda: label_lines(pa.array(["123 Main St", "é 5"]), AddressMemory()))
    lines = generated_lines(100_000, seed=1)
    column, other = pa.array(lines, pa.string()), pa.array(generated_lines(100_000, seed=2), pa.string())
    sample = lines[:10_000]
    library = statistics.median(_seconds(lambda: _library(sample)) for _ in range(3)) / len(sample)
    times: dict[str, list[float]] = {"cold": [], "unseen": [], "warm": []}
    for _ in range(5):
        times["cold"].append(_seconds(partial(label_lines, column, AddressMemory())))
        memory = AddressMemory()
        label_lines(other, memory)
        for name in ("unseen", "warm"):
            times[name].append(_seconds(partial(label_lines, column, memory)))
    taken = {name: statistics.median(each) / len(lines) for name, each in times.items()}
    return [
        _labelled(environ),
        Figure("differences_generated", differences(lines, label_lines(column, memory)), "lines of 100,000", 0, at_most=True),
        Figure("ratio_cold", round(library / taken["cold"], 1), "x usaddress.tag", 25),
        Figure("ratio_warm", round(library / taken["warm"], 1), "x usaddress.tag", 80),
        Figure("ratio_warm_unseen_lines", round(library / taken["unseen"], 1), "x usaddress.tag"),
        Figure("library", round(1e6 * library, 2), "µs a line"),
        *(Figure(f"{name}", round(1e6 * each, 2), "µs a line") for name, each in taken.items()),
        Figure("compile_or_load_labelling", round(compile_time, 2), "s"),
        *_whole(),
    ]


_TAPE_KINDS = {"St": 28, "Ave": 20, "Rd": 12, "Dr": 14, "Ln": 7, "Ct": 5, "Blvd": 4, "Pl": 3, "Way": 2, "Cir": 2, "Street": 2, "Avenue": 1}
_TAPE_UNITS = {"Apt {}": 52, "#{}": 20, "Unit {}": 16, "Apt #{}": 5, "Ste {}": 4, "Lot {}": 3}


def portfolio(rows: int, seed: int) -> list[pa.ChunkedArray | None]:
    """Six columns of whole addresses as a tape holds them: a few kinds of streets and units make most of them."""
    draw = random.Random(seed)
    places, streets = read_rows("demo_places"), [row["street"] for row in read_rows("demo_streets")]
    streets += [head + middle + tail for head in _HEADS for middle in _MIDDLES for tail in _TAILS]
    kinds, units = (draw.choices(list(shares), list(shares.values()), k=rows) for shares in (_TAPE_KINDS, _TAPE_UNITS))
    lines = []
    for kind, unit in zip(kinds, units, strict=True):
        direction = draw.choice(["N ", "S ", "E ", "W "]) if draw.random() < 0.3 else ""
        line = f"{draw.randint(100, 19_999)} {direction}{draw.choice(streets)} {kind}"
        if draw.random() < 0.25:
            line += " " + unit.format(draw.choice([str(draw.randint(1, 999)), f"{draw.randint(1, 40)}{draw.choice('ABCD')}"]))
        line = f"PO Box {draw.randint(1, 9_999)}" if draw.random() < 0.03 else line
        line = _odd(draw, streets) if draw.random() < 0.002 else line
        lines.append(line.upper() if draw.random() < 0.5 else line)
    drawn = [draw.choice(places) for _ in lines]
    zips = [place["zip"] + (f"-{draw.randint(1, 9_999):04}" if draw.random() < 0.2 else "") for place in drawn]
    columns = [lines, [place["city"] for place in drawn], [place["state"] for place in drawn], zips]
    line1, city, state, postal = (pa.chunked_array([pa.array(column, pa.string())]) for column in columns)
    return [line1, None, city, state, postal, None]


def _whole() -> list[Figure]:
    """Rows of whole addresses: `normalize_addresses` on a long column beside reading it value by value."""
    rows, compared = 200_000, 20_000
    seen, unseen = portfolio(rows, seed=3), portfolio(rows, seed=4)
    few = [None if column is None else column.slice(0, compared) for column in seen]
    compile_time = _seconds(lambda: read_address_columns([None if c is None else c.slice(0, 10) for c in seen], 10, ADDRESS_FIELDS))
    by_value = _seconds(lambda: read_by_value(few, compared)) / compared
    taken = {}
    for name, columns in (("cold", seen), ("unseen", unseen), ("warm", unseen)):
        taken[name] = _seconds(partial(read_address_columns, columns, rows, ADDRESS_FIELDS)) / rows
    ours, theirs = read_address_columns(few, compared, ADDRESS_FIELDS), read_by_value(few, compared)
    wrong = sum(a != b for a, b in zip(ours.to_pylist(), theirs.to_pylist(), strict=True))
    return [
        Figure("whole_differences", wrong, f"rows of {compared:,} against reading by value", 0, at_most=True),
        *(Figure(f"whole_{name}", round(1 / each), "rows/s") for name, each in taken.items()),
        Figure("whole_by_value", round(1 / by_value), "rows/s"),
        Figure("compile_or_load_whole", round(compile_time, 2), "s"),
    ]


def _labelled(environ: Mapping[str, str]) -> Figure:
    name, unit = "differences_labelled", "lines of the labelled file"
    path = Path(environ.get("DATA", "")) / "parsing" / "usaddress_labelled_train.parquet"
    if not environ.get("DATA") or not path.is_file():
        return Figure(name, None, unit, 0, "DATA is not set" if not environ.get("DATA") else "DATA holds no such file", True)
    lines = pq.read_table(path, columns=["raw"]).column("raw").to_pylist()
    return Figure(name, differences(lines, label_lines(pa.array(lines, pa.string()))), unit, 0, None, True)


if __name__ == "__main__":
    print_bench("normalize_addresses", figures())
