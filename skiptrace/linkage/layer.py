"""The encoded people of one delivery, their sorted keys and dictionaries, on disk and memory-mapped.

Built once per delivery and shared by every run and worker; the manifest names the content it was made from and the
checksum of every file, and is written last.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from skiptrace.errors import DamagedFile, Problem
from skiptrace.ids import file_digest
from skiptrace.kernels import record_layout as at
from skiptrace.linkage.keys import SortedKeys, mapped, open_keys, sort_keys
from skiptrace.linkage.records import People, encode
from skiptrace.linkage.rules import LinkageRules
from skiptrace.linkage.terms import FIELDS, NAMES, Dictionary, Growing, Terms, frozen, hashes_of, terms_of, whole
from skiptrace.store.commit import encode_json, put_json, read_json, replace_bytes

FORMAT = 4
MANIFEST = "manifest.json"
VERIFIED = "verified.json"
"""What the files looked like when they were last read whole; no part of what is verified."""


@dataclass(frozen=True)
class Layer:
    """An opened delivery: n people in the order of its identities. `counts`: people per first and last name. `exchanged`: per first
    name its code among the last names and the reverse, 0 where it is none. `unique_ids`: whether no two of them have one record id."""

    folder: Path
    source: str
    people: People
    keys: SortedKeys
    refined: SortedKeys
    identity: NDArray[np.int64]  # [n]
    record_id: pa.Array  # string [n]
    counts: Mapping[str, NDArray[np.int64]]
    exchanged: Mapping[str, NDArray[np.int32]]
    unique_ids: bool

    def __len__(self) -> int:
        return len(self.people)


def build_layer(
    parts: Iterable[tuple[pa.Table, pa.Table]], source: str, rules: LinkageRules, folder: Path, made_from: Mapping[str, Any]
) -> None:
    """Write the layer of a delivery's IDENTITIES and SIGHTINGS, part by part, to an empty `folder`."""
    growing, rows, unique = Growing(), 0, _Once()
    identity, ids = [np.zeros(0, np.int64)], pa.schema([("record_id", pa.string())])
    with (folder / "records.bin").open("wb") as file, pa.ipc.new_file(str(folder / "record_id.arrow"), ids) as out:
        for identities, sightings in parts:
            records = encode(identities, sightings, growing)
            records.tofile(file)
            unique.add(identities["record_id"])
            growing.count(records)
            identity.append(identities["identity"].to_numpy())
            for batch in identities.select(["record_id"]).cast(ids).to_batches():
                out.write_batch(batch)
            rows += len(identities)
    np.save(folder / "identity.npy", np.concatenate(identity), allow_pickle=False)
    terms = terms_of(growing)
    write_terms(terms, growing, folder)
    keys = sort_keys(folder / "records.bin", terms.hashes(), rules, folder)
    files = {path.name: file_digest(path) for path in sorted(folder.iterdir())}
    manifest = {"format": FORMAT, "made_from": dict(made_from), "rules": rules.blocking_hash, "source": source}
    put_json(folder / MANIFEST, {**manifest, "people": rows, "keys": keys, "unique_ids": unique.holds(), "files": files})


class _Once:
    """Whether no id comes twice, by its hash: two ids with one hash would only cost a look."""

    def __init__(self) -> None:
        self._hashes = [np.zeros(0, np.uint64)]

    def add(self, ids: pa.ChunkedArray) -> None:
        self._hashes.append(hashes_of(whole(ids)))

    def holds(self) -> bool:
        hashes = np.sort(np.concatenate(self._hashes))
        return not bool((hashes[1:] == hashes[:-1]).any())


def write_terms(terms: Terms, growing: Growing, folder: Path) -> None:
    """Write dictionaries, forms of names, and how many people have each name (as `growing` counted) to `folder`."""
    for name, field in terms.fields.items():
        columns = {"term": field.texts, "hash": field.hashes, "sorted_hash": field.sorted_hashes, "code": field.codes}
        table = pa.table(columns)
        with pa.ipc.new_file(str(folder / f"term_{name}.arrow"), table.schema) as out:
            out.write_table(table)
    for name, other in zip(NAMES, reversed(NAMES), strict=True):
        np.save(folder / f"forms_{name}.npy", terms.forms[name], allow_pickle=False)
        np.save(folder / f"exchanged_{name}.npy", terms.fields[name].match(terms.fields[other]), allow_pickle=False)
        np.save(folder / f"counts_{name}.npy", growing.counts(name), allow_pickle=False)
    np.save(folder / "nicknames.npy", terms.nicknames, allow_pickle=False)


def open_layer(folder: Path, made_from: Mapping[str, Any], rules: LinkageRules) -> Layer:
    """Map the layer in `folder`. Raises DamagedFile where it is torn, foreign or made from something else."""
    try:
        manifest = read_json(folder / MANIFEST)
    except (OSError, ValueError):
        raise _refused("has no readable manifest") from None
    if not isinstance(manifest, dict):
        raise _refused("has no readable manifest")
    if manifest.get("format") != FORMAT or manifest.get("rules") != rules.blocking_hash or manifest.get("made_from") != dict(made_from):
        raise _refused("was made from another delivery, other rules or other versions")
    try:
        keys, refined = open_keys(folder, "keys"), open_keys(folder, "refined")
        found = open_rows(folder, manifest["source"], keys, refined, manifest["unique_ids"])
        complete = len(found) == manifest["people"]
    except Exception:  # a damaged header fails in as many ways as its parser has
        complete = False
    if not complete:
        raise _refused("is torn: a file is missing or damaged")
    return found


def open_rows(folder: Path, source: str, keys: SortedKeys, refined: SortedKeys, unique_ids: bool) -> Layer:
    """Map the people of a layer, with keys that were opened. Raises OSError, ValueError or ArrowException where a file is gone or torn."""
    fields = {name: _dictionary(folder / f"term_{name}.arrow") for name in FIELDS}
    forms = {name: frozen(_array(folder, f"forms_{name}")) for name in NAMES}
    terms = Terms(fields, forms, frozen(_array(folder, "nicknames")))
    people = People(mapped(folder / "records.bin", np.int32, at.WORDS), terms)
    record_id, identity = _column(folder / "record_id.arrow", "record_id"), _array(folder, "identity")
    if not len(people) == len(record_id) == len(identity):
        raise ValueError("the files are of other people")
    counts, exchanged = ({name: _array(folder, f"{what}_{name}") for name in NAMES} for what in ("counts", "exchanged"))
    return Layer(folder, source, people, keys, refined, identity, record_id, counts, exchanged, unique_ids)


def verify(folder: Path, trust: bool = False) -> None:
    """Read every file of a layer that was opened and compare it with its checksum. Raises DamagedFile where one differs: a
    flipped bit in an array is a wrong record, and opening alone does not see it.

    `trust`: files that were verified before and have had the same length and time of change ever since are not read again."""
    if trust and unchanged(folder):
        return
    files = read_json(folder / MANIFEST)["files"]
    seen = {name: _stamp(folder / name) for name in sorted(files)}
    damaged = [name for name, sha256 in sorted(files.items()) if not (folder / name).is_file() or file_digest(folder / name) != sha256]
    if damaged:
        raise _refused(f"is damaged: {', '.join(damaged)} is not what was written")
    replace_bytes(folder / VERIFIED, encode_json(seen))


def mark_verified(folder: Path) -> None:
    """Note the lengths and times of the files of a layer that this process has just written: they need not be read to be believed."""
    files = read_json(folder / MANIFEST)["files"]
    replace_bytes(folder / VERIFIED, encode_json({name: _stamp(folder / name) for name in sorted(files)}))


def unchanged(folder: Path) -> bool:
    """Whether a layer was verified, and each of its files has had the same length and time of change ever since. Reads none of them."""
    try:
        files = read_json(folder / MANIFEST)["files"]
    except (OSError, ValueError, KeyError, TypeError):
        return False
    return _verified(folder) == {name: _stamp(folder / name) for name in sorted(files)}


def _stamp(path: Path) -> list[int]:
    """Length and time of change of a file; nothing of one that is gone."""
    try:
        found = path.stat()
    except OSError:
        return []
    return [found.st_size, found.st_mtime_ns]


def _verified(folder: Path) -> object:
    try:
        return read_json(folder / VERIFIED)
    except (OSError, ValueError):
        return None


def _array(folder: Path, name: str) -> NDArray[Any]:
    array: NDArray[Any] = np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False)
    return array


def _dictionary(path: Path) -> Dictionary:
    numbers = [frozen(_column(path, name).to_numpy()) for name in ("hash", "sorted_hash", "code")]
    return Dictionary(_column(path, "term"), *numbers)


def _column(path: Path, name: str) -> pa.Array:
    """A column of an Arrow file, mapped where it is one batch."""
    with pa.memory_map(str(path)) as source:
        table = pa.ipc.open_file(source).read_all()
    chunks = table[name].chunks
    return chunks[0] if len(chunks) == 1 else pa.concat_arrays([pa.array([], table.schema.field(name).type), *chunks])


def _refused(what: str) -> DamagedFile:
    return DamagedFile("the reference index cannot be used", (Problem("index", "", what, "remove its folder: it is rebuilt"),))
