"""`make bench-linkage`: who is who, how well and how fast, beside the peer.

    make bench-linkage DATA=/path/to/data/sets [PEER=/path/to/peer.py] [PEER_PYTHON=/path/to/python]
                       [ONLY="quality public speed big smiths"] [SETS="a b"] [PUBLIC="a b"] [CACHE=/path] [BIG=1]

DATA is a folder of data sets, each a ready project with its truth; PEER a program that writes the same tables with another
tool. Nothing of them is part of the project: what is absent gives null and the reason. The parts, and their own words, are
in `linkage_quality`, `linkage_public`, `linkage_speed` and `linkage_smiths`; `linkage_truth` and `linkage_measure` say how
links are judged. Prints a table, and as its last line one JSON object. Exits 0 when it ran, whatever the figures.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping, Sequence

from tests.bench import linkage_public, linkage_quality, linkage_smiths, linkage_speed
from tests.bench.report import Figure, print_bench

PARTS = {
    "quality": linkage_quality.figures, "public": linkage_public.figures, "speed": linkage_speed.figures,
    "big": linkage_speed.big, "smiths": linkage_smiths.figures,
}  # fmt: skip
ALSO = {"febrl": "public"}
"""Another word for a part."""


def main(words: Sequence[str] = (), environ: Mapping[str, str] = os.environ) -> list[Figure]:
    """Take the figures of the parts that are asked for, all of them by default, and print them; returns them."""
    parser = argparse.ArgumentParser(prog="linkage", description="Measure linkage beside a peer.")
    parser.add_argument("--only", default=environ.get("ONLY", ""), help=f"parts, with commas or blanks: {', '.join(PARTS)}")
    asked = parser.parse_args(words).only.replace(",", " ").split()
    parts = [ALSO.get(name, name) for name in asked] or list(PARTS)
    for name in parts:
        if name not in PARTS:
            parser.error(f"no part {name}: one of {', '.join(PARTS)}")
    figures = [figure for name in PARTS if name in parts for figure in PARTS[name](environ)]
    print_bench("linkage", figures)
    return figures


if __name__ == "__main__":
    import sys

    main(sys.argv[1:])
