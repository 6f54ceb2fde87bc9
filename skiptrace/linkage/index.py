"""The reference index: encoded people, their sorted blocking keys and the term dictionaries, on disk and memory-mapped.

Built once for a set of deliveries and reused by every run on them; the manifest names the content it was made from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from skiptrace.errors import DataRefused, Problem
from skiptrace.ids import file_digest
from skiptrace.linkage.keys import Features, key_values
from skiptrace.linkage.people import TERM_FIELDS, People, Terms, encode, terms_of
from skiptrace.linkage.rules import LinkageRules
from skiptrace.store.commit import put_json, read_json

FORMAT = 1
_PEOPLE = tuple(field.name for field in fields(People))
NUMBERS = ("source", "identity", "first_band", "last_band", "first_count", "last_count")


@dataclass(frozen=True)
class Index:
    """An opened index: n reference people, sorted keys with their rows, and which source and identity a row is."""

    people: People
    terms: Terms
    keys: NDArray[np.uint64]  # [m], sorted
    key_rows: NDArray[np.uint32]  # [m]: row of `people`
    source: NDArray[np.int16]  # [n]: position in `sources`
    identity: NDArray[np.int64]  # [n]
    record_id: pa.ChunkedArray  # string [n]
    sources: tuple[str, ...]
    first_band: NDArray[np.uint8]  # per first-name term: 0 common, 1 medium, 2 rare
    last_band: NDArray[np.uint8]  # per last-name term
    first_count: NDArray[np.int64]  # per first-name term
    last_count: NDArray[np.int64]  # per last-name term


def bands(counts: NDArray[np.int64], total: int, frequency: tuple[float, float]) -> NDArray[np.uint8]:
    """Term-frequency band of each term: 0 common, 1 medium, 2 rare, by its share of all records."""
    share = counts / max(total, 1)
    common, rare = frequency
    return np.where(share >= common, 0, np.where(share >= rare, 1, 2)).astype(np.uint8)


def build(
    identities: pa.Table, sightings: pa.Table, rules: LinkageRules, folder: Path, made_from: Mapping[str, Any]
) -> None:
    """Write an index of IDENTITIES and SIGHTINGS to an empty `folder`; the manifest is written last and is the commit.

    `made_from` (content hashes of the deliveries, versions) goes into the manifest and is checked on opening."""
    terms = terms_of(identities, sightings)
    people, _ = encode(identities, sightings, terms)
    features = Features(people, terms)
    found = [key_values(features, key) for key in rules.keys]
    rows = np.concatenate([np.zeros(0, np.int64), *(rows for rows, _ in found)])
    values = np.concatenate([np.zeros(0, np.uint64), *(values for _, values in found)])
    order = np.lexsort((rows, values))
    rows, values = rows[order], values[order]
    # Two addresses in one ZIP make the same key twice; a record stands under a key once, or the cap would miscount.
    once = np.append(True, (values[1:] != values[:-1]) | (rows[1:] != rows[:-1])) if len(rows) else np.zeros(0, bool)
    rows, values = rows[once], values[once]
    sources = sorted(pc.unique(identities["source"]).to_pylist())
    first_count = np.bincount(people.first[people.first >= 0], minlength=len(terms.values["first"]))
    last_count = np.bincount(people.last[people.last >= 0], minlength=len(terms.values["last"]))
    arrays = {f"people_{name}": getattr(people, name) for name in _PEOPLE}
    arrays |= {
        "keys": values, "key_rows": rows.astype(np.uint32),
        "source": pc.index_in(identities["source"], pa.array(sources, pa.string())).to_numpy().astype(np.int16),
        "identity": identities["identity"].to_numpy(),
        "first_band": bands(first_count, len(people), rules.frequency), "first_count": first_count,
        "last_band": bands(last_count, len(people), rules.frequency), "last_count": last_count,
    }  # fmt: skip
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array, allow_pickle=False)
    for name in TERM_FIELDS:
        pq.write_table(
            pa.table({"term": terms.values[name]}), folder / f"term_{name}.parquet", write_page_checksum=True
        )
    pq.write_table(identities.select(["record_id"]), folder / "record_id.parquet", write_page_checksum=True)
    hashes = {path.name: file_digest(path) for path in sorted(folder.iterdir()) if path.suffix in (".npy", ".parquet")}
    put_json(
        folder / "manifest.json",
        {
            "format": FORMAT,
            "made_from": dict(made_from),
            "rules": rules.hash,
            "sources": sources,
            "people": len(people),
            "files": hashes,
        },
    )


def open_index(folder: Path, made_from: Mapping[str, Any], rules: LinkageRules) -> Index:
    """Memory-map the index in `folder`. Raises DataRefused where it is torn, foreign or made from something else."""
    try:
        manifest = read_json(folder / "manifest.json")
    except (OSError, ValueError):
        raise _refused("has no readable manifest") from None
    if (
        manifest.get("format") != FORMAT
        or manifest.get("rules") != rules.hash
        or manifest.get("made_from") != dict(made_from)
    ):
        raise _refused("was made from other deliveries, rules or versions")
    try:
        arrays = {
            p[:-4]: np.load(folder / p, mmap_mode="r", allow_pickle=False)
            for p in manifest["files"]
            if p.endswith(".npy")
        }
        terms = Terms({name: _column(folder / f"term_{name}.parquet", "term") for name in TERM_FIELDS})
        record_id = pq.read_table(folder / "record_id.parquet", page_checksum_verification=True)["record_id"]
        people = People(**{name: arrays[f"people_{name}"] for name in _PEOPLE})
        rest = {name: arrays[name] for name in ("keys", "key_rows", *NUMBERS)}
        sources = tuple(manifest["sources"])
    except (OSError, EOFError, ValueError, KeyError, pa.ArrowException):
        raise _refused("is torn: a file is missing or damaged") from None
    return Index(people, terms, record_id=record_id, sources=sources, **rest)


def verify(folder: Path) -> None:
    """Read every file of an index that was opened and compare it with its checksum. Raises DataRefused where one differs:
    a flipped bit in an array is a wrong record, and opening alone does not see it."""
    files = read_json(folder / "manifest.json")["files"]
    damaged = [name for name, sha256 in sorted(files.items()) if file_digest(folder / name) != sha256]
    if damaged:
        raise _refused(f"is damaged: {', '.join(damaged)} is not what was written")


def _column(path: Path, name: str) -> pa.Array:
    column = pq.read_table(path, page_checksum_verification=True)[name].combine_chunks()
    return column if isinstance(column, pa.Array) else pa.concat_arrays(column.chunks)


def _refused(what: str) -> DataRefused:
    return DataRefused(
        "the reference index cannot be used", (Problem("index", "", what, "remove its folder: it is rebuilt"),)
    )
