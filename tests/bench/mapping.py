"""`make bench-map DATA=/path/to/data/sets`: how many canonical columns of foreign tapes `skiptrace map` finds without a question.

Right: mapped without a question, from a column of `mapping_truth.toml`. Wrong in silence: mapped without a question from
another one. A column that no truth names counts for nothing unless it is a phone, a social security number or a ZIP.
"""

from __future__ import annotations

import datetime as dt
import os
import tomllib
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from jobs.tapes import proposed, sample
from tests.bench.report import Figure, print_bench

TRUTH = Path(__file__).with_name("mapping_truth.toml")
AS_OF = dt.date(2030, 4, 1)
STRICT = ("phone", "phones", "ssn", "ssn4", "postal_code")
_PLACES = {
    "dedupe_chicago_childcare": "linkage/dedupe_chicago_childcare.parquet",
    "pseudopeople_noisy": "pseudopeople_noisy/portfolio.parquet",
    "scale_20k": "scale_20k/portfolio",
}


def judged(data: Path, name: str, truth: Mapping[str, list[str]]) -> tuple[Counter[str], Counter[str], list[str]]:
    """(right, all of the truth by canonical column; strict ones that are wrong in silence) of one file."""
    tape = sample(str(data / _PLACES.get(name, f"layouts/{name}.csv")), data)
    mapped = {one.name: one for one in proposed(tape, "portfolio", AS_OF).mapped.values() if one.sure}
    right: Counter[str] = Counter()
    for column, places in truth.items():
        found = mapped.get(column)
        right[column] += found is not None and bool(set(found.columns) & set(places))
    wrong = [f"{name}.{column}" for column in STRICT if column in mapped and not set(mapped[column].columns) & set(truth.get(column, ()))]
    return right, Counter(truth.keys()), wrong


def figures(environ: Mapping[str, str]) -> list[Figure]:
    """Shares of files with and without a header, the confusion by column, and what was wrong in silence."""
    if not environ.get("DATA"):
        return [Figure("mapping.right", None, "share", 0.95, "DATA is not set")]
    out, wrong = [], list[str]()
    right, every = Counter[str](), Counter[str]()
    for part, files in tomllib.loads(TRUTH.read_text()).items():
        part_right, part_every = Counter[str](), Counter[str]()
        for name, truth in files.items():
            one_right, one_every, one_wrong = judged(Path(environ["DATA"]), name, truth)
            part_right, part_every, wrong = part_right + one_right, part_every + one_every, wrong + one_wrong
        right, every = right + part_right, every + part_every
        out.append(Figure(f"mapping.{part}", round(part_right.total() / part_every.total(), 4), f"share of {part_every.total()} columns"))
    share = round(right.total() / every.total(), 4)
    out.append(Figure("mapping.right", share, f"share of {every.total()} columns, no question asked", 0.95))
    out.append(Figure("mapping.wrong_in_silence", len(wrong), "phones, social security numbers and ZIPs", 0, at_most=True))
    out += [Figure(f"mapping.{column}", right[column], f"of {every[column]}") for column in sorted(every)]
    return out


if __name__ == "__main__":
    print_bench("map", figures(os.environ))
