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
import pyarrow.compute as pc
from numpy.typing import NDArray

from skiptrace.errors import DataRefused, Problem
from skiptrace.ids import file_digest
from skiptrace.kernels import record_layout as at
from skiptrace.linkage.keys import SortedKeys, mapped, open_keys, sort_keys
from skiptrace.linkage.records import People, encode
from skiptrace.linkage.rules import LinkageRules
from skiptrace.linkage.terms import FIELDS, NAMES, Dictionary, Growing, Terms, frozen, terms_of
from skiptrace.store.commit import put_json, read_json

FORMAT = 2
MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Layer:
    """An opened delivery: n people in the order of its identities. `counts`: people per first and last name. `unique_ids`:
    whether no two of them have one record id."""

    folder: Path
    source: str
    people: People
    keys: SortedKeys
    refined: SortedKeys
    identity: NDArray[np.int64]  # [n]
    record_id: pa.Array  # string [n]
    counts: Mapping[str, NDArray[np.int64]]
    unique_ids: bool

    def __len__(self) -> int:
        return len(self.people)


def build_layer(
    parts: Iterable[tuple[pa.Table, pa.Table]], source: str, rules: LinkageRules, folder: Path, made_from: Mapping[str, Any]
) -> None:
    """Write the layer of a delivery's IDENTITIES and SIGHTINGS, part by part, to an empty `folder`."""
    growing, rows = Growing(), 0
    identity, ids = [np.zeros(0, np.int64)], pa.schema([("record_id", pa.string())])
    with (folder / "records.bin").open("wb") as file, pa.ipc.new_file(str(folder / "record_id.arrow"), ids) as out:
        for identities, sightings in parts:
            encode(identities, sightings, growing).tofile(file)
            identity.append(identities["identity"].to_numpy())
            for batch in identities.select(["record_id"]).cast(ids).to_batches():
                out.write_batch(batch)
            rows += len(identities)
    np.save(folder / "identity.npy", np.concatenate(identity), allow_pickle=False)
    records, terms = mapped(folder / "records.bin", np.int32, at.WORDS), terms_of(growing)
    _write_terms(terms, records, folder)
    keys = sort_keys(records, terms.hashes(), rules, folder)
    del records
    files = {path.name: file_digest(path) for path in sorted(folder.iterdir())}
    ids_once = len(pc.unique(_column(folder / "record_id.arrow", "record_id"))) == rows
    manifest = {"format": FORMAT, "made_from": dict(made_from), "rules": rules.hash, "source": source, "people": rows, "keys": keys}
    put_json(folder / MANIFEST, {**manifest, "unique_ids": ids_once, "files": files})


def _write_terms(terms: Terms, records: NDArray[np.int32], folder: Path) -> None:
    for name, field in terms.fields.items():
        columns = {"term": field.texts, "hash": field.hashes, "sorted_hash": field.sorted_hashes, "code": field.codes}
        table = pa.table(columns)
        with pa.ipc.new_file(str(folder / f"term_{name}.arrow"), table.schema) as out:
            out.write_table(table)
    for name, word in (("first", at.FIRST), ("last", at.LAST)):
        np.save(folder / f"forms_{name}.npy", terms.forms[name], allow_pickle=False)
        counted = np.bincount(records[:, word], minlength=len(terms.fields[name].texts) + 1)[1:]
        np.save(folder / f"counts_{name}.npy", counted.astype(np.int64), allow_pickle=False)
    np.save(folder / "nicknames.npy", terms.nicknames, allow_pickle=False)


def open_layer(folder: Path, made_from: Mapping[str, Any], rules: LinkageRules) -> Layer:
    """Map the layer in `folder`. Raises DataRefused where it is torn, foreign or made from something else."""
    try:
        manifest = read_json(folder / MANIFEST)
    except (OSError, ValueError):
        raise _refused("has no readable manifest") from None
    if manifest.get("format") != FORMAT or manifest.get("rules") != rules.hash or manifest.get("made_from") != dict(made_from):
        raise _refused("was made from another delivery, other rules or other versions")
    try:
        fields = {name: _dictionary(folder / f"term_{name}.arrow") for name in FIELDS}
        forms = {name: frozen(_array(folder, f"forms_{name}")) for name in NAMES}
        terms = Terms(fields, forms, frozen(_array(folder, "nicknames")))
        records = mapped(folder / "records.bin", np.int32, at.WORDS)
        record_id = _column(folder / "record_id.arrow", "record_id")
        found = Layer(
            folder, manifest["source"], People(records, terms), open_keys(folder, "keys"), open_keys(folder, "refined"),
            _array(folder, "identity"), record_id, {name: _array(folder, f"counts_{name}") for name in NAMES},
            manifest["unique_ids"],
        )  # fmt: skip
        whole = len(found) == manifest["people"] == len(record_id) == len(found.identity)
    except (OSError, EOFError, ValueError, KeyError, TypeError, pa.ArrowException):
        whole = False
    if not whole:
        raise _refused("is torn: a file is missing or damaged")
    return found


def verify(folder: Path) -> None:
    """Read every file of a layer that was opened and compare it with its checksum. Raises DataRefused where one differs: a
    flipped bit in an array is a wrong record, and opening alone does not see it."""
    files = read_json(folder / MANIFEST)["files"]
    damaged = [name for name, sha256 in sorted(files.items()) if not (folder / name).is_file() or file_digest(folder / name) != sha256]
    if damaged:
        raise _refused(f"is damaged: {', '.join(damaged)} is not what was written")


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


def _refused(what: str) -> DataRefused:
    return DataRefused("the reference index cannot be used", (Problem("index", "", what, "remove its folder: it is rebuilt"),))
