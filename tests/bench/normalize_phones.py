"""Phones beside the library they must equal: differences, and the ratio of CPU times on the same values, one core.

    python -m tests.bench.normalize_phones [STRINGS=1000000]

The library's part is what a program does that keeps a phone column with it: parse, is_valid_number and E.164 of every
value; both its plain setting and its own cache of patterns (`enable_pattern_cache`) are measured, in turns with ours, so
that both meet the same load. Ours gives all columns of `normalize_phones`. Times are CPU times, medians of several
runs; loops are compiled before, and how long that took is a figure of its own.
"""

from __future__ import annotations

import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import phonenumbers
import pyarrow as pa
from phonenumbers import NumberParseException, PhoneNumberFormat, re_util

from skiptrace.kernels.phone_form import FALLBACK
from skiptrace.kernels.phone_scan import scan_column
from skiptrace.normalize import phones
from skiptrace.normalize.area_codes import states
from tests.bench.report import Figure, print_bench

COMMON = (
    "{a}{e}{l}", "({a}) {e}-{l}", "{a}-{e}-{l}", "{a}.{e}.{l}", "+1{a}{e}{l}", "+1 {a} {e} {l}", "1-{a}-{e}-{l}",
    "{a} {e} {l}", "({a}){e}-{l}", "1{a}{e}{l}", "+1 ({a}) {e}-{l}", "({a}) {e}-{l} x{x}",
)  # fmt: skip
"""How files write phones."""
_UNCOMMON = (
    "{a}{e}{l}.0", "tel:+1-{a}-{e}-{l}", "Cell: {a} {e} {l}", "PHONE {a}-{e}-{l}", "{a}/{e}-{l}", "{a}–{e}–{l}",
    "{a}‑{e}‑{l}", "\u202a+1 {a} {e} {l}\u202c", "{a}\xa0{e}\xa0{l}", "{a}-{e}-{l} ext. {x}", "{a}-{e}-{l} EXT {x}",
    "{a}-{e}-{l} extension {x}", "{a}-{e}-{l}#{x}", "{a}{e}{l}X{x}", "{a}-{e}-{l} extn{x}", "{a}-{e}-{l}, ext {x}",
    "{a}{e}{l};ext={x}", "{a}{e}{l},,{x}", "001-{a}-{e}-{l}", "011 44 20 {e} {l}", "+44 20 {e} {l}", "+52 55 {e} {l}", "{e}-{l}",
    "{e}{l}", "0{a}{e}{l}", "1-1{a}-{e}-{l}", "{a}-{e}-{l} / {a}-{e}-{l}", "{a}{e}{l} {a}{e}{l}", "{a}-{e}-{l} or {a}-{e}-{l}",
    "{a}-{e}-{l}; {e}-{l}", "  {a}-{e}-{l}  ", "({a}) {e}-{l},", "({a} {e} {l}", "[{a}] {e}-{l}", "{a}_{e}_{l}", "{a}*{e}*{l}",
    "'{a}-{e}-{l}", "{a}-{e}-{l} home", "home {a}-{e}-{l}", "c: {a}-{e}-{l}", "1800{e}{l}", "1-800-FLOWERS", "{a}-{e}-CARS",
    "２０６{e}{l}", "{a}😀{e}{l}", "{a}\x00{e}{l}", "{a}\u200b{e}\u200f{l}", "{a}{e}{l}@example.com", "+{a}{e}{l}", "++1{a}{e}{l}",
    "+1+{a}{e}{l}", "{a}-{e}-{l}-{x}", "{a}{e}{l}{x}", "{a}.{e}.{l}.0", "1.{a}{e}{l}.0", "$1,{a},{e}", "{a}-{e}", "{a}", "",
    " ", "unknown", "n/a", "none", "{a}-{a}-{a}{a}", "999-999-9999", "555-{a}-{a}0", "555-01{x}", "{a}-555-01{x}", "310-{l}",
)  # fmt: skip
_SIGNS = "0123456789" * 2 + "--..()  +/#xX,;:|~*\t\n\r\u2013\u200b\xa0\u202f\xad\ufeffeE"


def common_values(count: int, seed: int) -> list[str]:
    """Numbers that the plan has, in the common forms."""
    draw = random.Random(seed)
    areas = [str(code) for code in sorted(states())]
    return [_written(draw, draw.choice(COMMON), draw.choice(areas), str(draw.randint(200, 999))) for _ in range(count)]


def messy_values(count: int, seed: int) -> list[str]:
    """Texts of a phone column at its worst: every form, typing errors, wrong lengths, other things altogether."""
    draw = random.Random(seed)
    areas = [str(code) for code in sorted(states())]
    return [_messy(draw, areas) for _ in range(count)]


def _messy(draw: random.Random, areas: Sequence[str]) -> str:
    kind = draw.random()
    if kind < 0.05:
        return "".join(draw.choice(_SIGNS) for _ in range(draw.randint(0, 24)))
    area = draw.choice(areas) if draw.random() < 0.7 else f"{draw.randint(0, 999):03}"
    exchange = str(draw.randint(200, 999)) if draw.random() < 0.8 else f"{draw.randint(0, 999):03}"
    if draw.random() < 0.04:
        exchange = draw.choice(["555", "911", "411", "950", "958", "959", "976", exchange[0] * 3])
    text = _written(draw, draw.choice(COMMON if kind < 0.45 else _UNCOMMON), area, exchange)
    for _ in range(draw.choice([0, 1, 1, 2, 3]) if kind > 0.75 else 0):
        place = draw.randint(0, len(text))
        text = text[:place] + (draw.choice(_SIGNS) if draw.random() < 0.7 else "") + text[place + draw.randint(0, 1) :]
    return text


def _written(draw: random.Random, form: str, area: str, exchange: str) -> str:
    line = f"{draw.randint(0, 9999):04}" if draw.random() < 0.98 else exchange[0] * 4
    return form.format(a=area, e=exchange, l=line, x=f"{draw.randint(0, 99999):0{draw.randint(1, 5)}}")


# --- differences ------------------------------------------------------------------------------------------------------

_COMPARED = ("country_code", "national_number", "extension", "validity", "type", "region")


def differences(texts: Sequence[str]) -> tuple[dict[str, int], float]:
    """(how many of the texts differ from the library, by what; share of the texts read without the library).

    The library reads what the scalar form gives it. Numbers that it holds valid and that reach nobody by our own rules
    must be refused.
    """
    column = pa.array(texts, pa.string())
    found = phones.normalize_phones(column, few=0)
    rows = zip(*(found.column(name).to_pylist() for name in ("e164", "extension", "valid", "kind", "region")), strict=True)
    counts = dict.fromkeys(_COMPARED, 0)
    known: dict[str, tuple[object, ...] | None] = {}
    for text, (e164, extension, valid, kind, region) in zip(texts, rows, strict=True):
        if text not in known:
            known[text] = _library(text)
        expected = known[text]
        if expected is None:
            counts["validity"] += bool(valid) or e164 is not None
            continue
        counts["validity"] += not valid
        code, number, *rest = expected
        counts["country_code"] += not (e164 or "").startswith(f"+{code}")
        counts["national_number"] += not (e164 or "").endswith(str(number)) or len(e164 or "") != len(f"+{code}{number}")
        for name, theirs, ours in zip(_COMPARED[2:3] + _COMPARED[4:], rest, (extension, kind, region), strict=True):
            counts[name] += theirs != ours
    return counts, float(np.mean(scan_column(column).code != FALLBACK))


def _library(text: str) -> tuple[object, ...] | None:
    """(country code, national number, extension, type, region) of a valid number that somebody may have."""
    plain, _ = phones._prepare(text)
    try:
        number = phonenumbers.parse(plain, phones.REGION)
    except NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    national = phonenumbers.national_significant_number(number)
    if number.country_code == 1 and len(national) == 10 and phones._national_flags(national)[1]:
        return None
    kind = phones._KINDS.get(phonenumbers.number_type(number), "unknown")
    return number.country_code, national, number.extension or None, kind, phonenumbers.region_code_for_number(number)


# --- times ------------------------------------------------------------------------------------------------------------


def _seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def _stock(texts: Sequence[str]) -> None:
    for text in texts:
        number = phonenumbers.parse(text, phones.REGION)
        phonenumbers.is_valid_number(number)
        phonenumbers.format_number(number, PhoneNumberFormat.E164)


def speeds(count: int = 1_000_000, sample: int = 10_000, rounds: int = 7) -> dict[str, float]:
    """Numbers a second of ours, of the library and of the library with its cache, and the medians of the ratios."""
    texts = common_values(count, seed=5)
    column, some = pa.array(texts, pa.string()), texts[:sample]
    phones.normalize_phones(column, few=0)
    taken: dict[str, list[float]] = {"ours": [], "stock": [], "cached": []}
    cache = re_util._COMPILED_PATTERNS
    try:
        for _ in range(rounds):
            taken["ours"].append(count / _seconds(lambda: phones.normalize_phones(column, few=0)))
            re_util._COMPILED_PATTERNS = None
            taken["stock"].append(sample / _seconds(lambda: _stock(some)))
            phonenumbers.enable_pattern_cache()
            taken["cached"].append(sample / _seconds(lambda: _stock(some)))
    finally:
        re_util._COMPILED_PATTERNS = cache
    out = {name: statistics.median(rates) for name, rates in taken.items()}
    for name in ("stock", "cached"):
        out[f"ratio_{name}"] = statistics.median(a / b for a, b in zip(taken["ours"], taken[name], strict=True))
    return out


_FIRST_USE = """
import sys, time
import pyarrow as pa
from skiptrace.normalize.phones import normalize_phones
start = time.process_time()
normalize_phones(pa.array(["206-267-1234 x5", None, "2062671234"]), few=0)
sys.stdout.write(str(time.process_time() - start))
"""


def first_use() -> tuple[float, float]:
    """CPU seconds of the first call in a process: nothing compiled yet, and compiled by an earlier process."""
    with tempfile.TemporaryDirectory(prefix="skiptrace-bench-") as folder:
        environ = {**os.environ, "NUMBA_CACHE_DIR": folder}
        done = [
            subprocess.run([sys.executable, "-c", _FIRST_USE], env=environ, capture_output=True, text=True, check=True) for _ in range(2)
        ]
    return float(done[0].stdout), float(done[1].stdout)


def figures(environ: Mapping[str, str] = os.environ) -> list[Figure]:
    """Differences from the library over STRINGS messy texts (1,000,000), ratios and rates on common forms."""
    strings = int(environ.get("STRINGS", "1000000"))
    compiled, loaded = first_use()
    texts = messy_values(strings, seed=20_26)
    counts, share = differences(texts)
    speed = speeds()
    return [
        Figure("strings", len(texts), "messy strings", 1_000_000),
        Figure("distinct_strings", len(set(texts)), "strings"),
        *(Figure(f"differences_{name}", count, "strings", 0, at_most=True) for name, count in counts.items()),
        Figure("read_without_library", round(share, 3), "share of the messy strings"),
        Figure("ratio", round(speed["ratio_stock"], 1), "x phonenumbers", 150),
        Figure("ratio_pattern_cache", round(speed["ratio_cached"], 1), "x phonenumbers with its pattern cache", 150),
        Figure("rate", round(speed["ours"] / 1e6, 2), "M numbers/s", 5),
        Figure("rate_library", round(speed["stock"]), "numbers/s"),
        Figure("first_compile", round(compiled, 2), "CPU s", 5, at_most=True),
        Figure("first_use_cached", round(loaded, 2), "CPU s"),
    ]


if __name__ == "__main__":
    print_bench("normalize-phones", figures())
