"""Addresses beside the library they must equal: differences, and the ratio of CPU times on the same lines, one core.

    DATA=/path/to/data python -m tests.bench.normalize_addresses

Cold is a memory that knows nothing, warm one that has read other lines of the same kind; the loops are compiled before
either, and how long that took is a figure of its own. Times are CPU times, medians of several runs.
"""

from __future__ import annotations

import os
import random
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import usaddress

from skiptrace.normalize.address_model import AddressMemory, LabelledLines, label_lines
from skiptrace.normalize.words import read_rows
from tests.bench.report import Figure, print_bench

_KINDS = ["St", "Street", "Ave", "Avenue", "Rd", "Road", "Dr", "Drive", "Ln", "Lane", "Ct", "Court", "Blvd", "Pl", "Way", "Ter", "Cir", "Pkwy", "Hwy"]
_DIRECTIONS = ["N", "S", "E", "W", "North", "South", "East", "West", "NE", "SW", "N.", "S."]
_UNITS = ["Apt {}", "#{}", "Unit {}", "Ste {}", "Apt. {}", "# {}", "Suite {}", "Apt #{}", "Bldg {}", "Fl {}", "Lot {}", "Rm {}"]
_HEADS = ["Ar", "Bel", "Cam", "Dor", "El", "Fen", "Gar", "Hol", "In", "Jar", "Kel", "Lan", "Mor", "Nor", "Os", "Pal", "Quin", "Ros", "Stan", "Tor"]
_MIDDLES = ["", "a", "e", "i", "bo", "da", "ling", "mer", "nes", "ro", "ster", "ving"]
_TAILS = ["berg", "by", "dale", "don", "field", "ford", "ham", "ley", "mont", "more", "ridge", "son", "ton", "view", "ville", "wood"]
_ODD = [
    "", " ", ",", ",,, ,", "#", "&", "# &", "()", "(", "((12", "5 1/2 Main St", "123 Main St Apt 4 Apt 5", "Main & Oak",
    "Corner of Main St and Oak Ave, Dallas", "123 Main St (rear)", "(123) Main St.", "O'Brien's Landing 5", "1 A B C D E F G",
    "PO Box 12 PO Box 13", "RR 2 Box 15", "HC 1 Box 7", "½ Mile Rd", "12½ Oak", "Calle José 5", "123 Main St\n\nDallas,\nTX",
    "B&B Inn, 5 Oak", "A&amp;B 5 Main", "A&#38;B 5 Main", "& # & #", "12.5 Main", "1.2.3", "98101-1234", "60637-1755,", "60637-1755-",
    "Unit 5/11 Were St", "12-34 56th Ave", "N6W23001 Bluemound", "_ _ __a", "a_b-c.d 5", "-5 Main -", "5 -Main", "\x00", "St\x00reet 5",
    "\x1c5 Main\x1fSt", "5 Main\tSt\x0bX", "x" * 500, "1" * 300, "A B " * 200, "5 Main St, " * 60, ".5 Main", "...", "a.,;)\n.b", "Main St.;(5)",
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
        words.append(draw.choice(_UNITS).format(draw.choice([str(draw.randint(1, 2_500)), f"{draw.randint(1, 40)}{draw.choice('ABCD')}", draw.choice("ABCDEF")])))
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
    other = pa.array(generated_lines(100_000, seed=2), pa.string())
    column = pa.array(lines, pa.string())
    sample = lines[:10_000]
    library = statistics.median(_seconds(lambda: _library(sample)) for _ in range(3)) / len(sample)
    cold, warm = [], []
    for _ in range(5):
        memory = AddressMemory()
        cold.append(_seconds(lambda: label_lines(column, memory)))
        memory = AddressMemory()
        label_lines(other, memory)
        warm.append(_seconds(lambda: label_lines(column, memory)))
    again = _seconds(lambda: label_lines(column, memory))
    per_line = [statistics.median(times) / len(lines) for times in (cold, warm)]
    found = label_lines(column, memory)
    return [
        _labelled(environ),
        Figure("addresses.differences_generated", differences(lines, found), "lines of 100,000", 0, at_most=True),
        Figure("addresses.ratio_cold", round(library / per_line[0], 1), "x usaddress.tag", 25),
        Figure("addresses.ratio_warm", round(library / per_line[1], 1), "x usaddress.tag", 80),
        Figure("addresses.library", round(1e6 * library, 2), "µs a line"),
        Figure("addresses.cold", round(1e6 * per_line[0], 2), "µs a line"),
        Figure("addresses.warm", round(1e6 * per_line[1], 2), "µs a line"),
        Figure("addresses.same_lines_again", round(1e6 * again / len(lines), 2), "µs a line"),
        Figure("addresses.compile", round(compile_time, 2), "s"),
    ]


def _labelled(environ: Mapping[str, str]) -> Figure:
    name, unit = "addresses.differences_labelled", "lines of the labelled file"
    path = Path(environ.get("DATA", "")) / "parsing" / "usaddress_labelled_train.parquet"
    if not environ.get("DATA") or not path.is_file():
        return Figure(name, None, unit, 0, "DATA is not set" if not environ.get("DATA") else "DATA holds no such file", True)
    lines = pq.read_table(path, columns=["raw"]).column("raw").to_pylist()
    return Figure(name, differences(lines, label_lines(pa.array(lines, pa.string()))), unit, 0, None, True)


if __name__ == "__main__":
    print_bench("normalize_addresses", figures())
