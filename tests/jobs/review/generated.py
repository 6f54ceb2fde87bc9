"""Links of a generated project with what is true of them, and answers of somebody who knows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from jobs.demo.project import make
from jobs.prepare import Options, prepare
from jobs.review.answers import Answer, Pair, Question
from jobs.review.bands import KEY, Frame, of_pairs
from skiptrace.linkage import rules
from skiptrace.linkage.patterns import pack
from skiptrace.schema import links as links_of
from skiptrace.store.commit import read_json
from skiptrace.store.tables import read_tables
from tests.jobs.projects import run_project

ACCOUNTS = 300


@dataclass(frozen=True)
class Generated:
    """LINKS of a run, and whether each pair is one person."""

    links: pa.Table
    true: NDArray[np.bool_]

    def frame(self, run_id: str) -> Frame:
        """Its pairs as those of a run of this id."""
        linkage = rules.load()
        levels = np.stack([self.links[f"level_{name}"].to_numpy() for name in linkage.names], axis=1).astype(np.int8)
        return of_pairs(run_id, self.links.select(list(KEY)), self.links["match_probability"].to_numpy(), pack(levels), linkage)

    @property
    def truth(self) -> dict[Pair, bool]:
        """Whether each pair is one person, by pair."""
        pairs = zip(*(self.links[name].to_pylist() for name in KEY), strict=True)
        return dict(zip(pairs, self.true.tolist(), strict=True))


def generate(folder: Path) -> Generated:
    """Make a sample project and link it; nothing is published."""
    file = make(folder, ACCOUNTS).truth["links"]
    run_project(folder, to_step="link")
    setup = prepare(folder, Options()).setup
    refs = [read_json(setup.receipt("link", number))["links"] for number in range(len(setup.partitions["portfolio"]))]
    links = read_tables(refs, links_of(rules.load().names))
    known = {tuple(row[name] for name in KEY) for row in pq.read_table(file).to_pylist()}
    pairs = zip(*(links[name].to_pylist() for name in KEY), strict=True)
    return Generated(links, np.array([pair in known for pair in pairs]))


def answers_to(asked: list[Question], truth: Mapping[Pair, bool]) -> dict[Pair, Answer]:
    """What somebody says who knows."""
    return {
        one.pair: Answer(replace(one), "same" if truth[one.pair] else "other", "an oracle", "2026-07-01T00:00:00+00:00", 0) for one in asked
    }
