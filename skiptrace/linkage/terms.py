"""Dictionaries of the texts that are compared by similarity: names, streets and house numbers, with the hashes of their forms."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from skiptrace.kernels.interning import Table, intern_spans, new_table
from skiptrace.kernels.record_keys import FORMS, NameHashes
from skiptrace.kernels.record_layout import FIRST, LAST
from skiptrace.kernels.record_levels import Texts
from skiptrace.kernels.record_slots import match_terms
from skiptrace.kernels.text_hash import first_bytes, hash_texts
from skiptrace.kernels.text_similarity import letter_words
from skiptrace.normalize import nicknames, phonetics
from skiptrace.normalize.text_buffers import arrow_text, text_of

FIELDS = ("first", "last", "street", "house")
NAMES = ("first", "last")
_Item = TypeVar("_Item", bound=np.generic)


def whole(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    """A column as one array."""
    joined = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    return pa.concat_arrays(joined.chunks) if isinstance(joined, pa.ChunkedArray) else joined


class Growing:
    """The dictionaries of a side while it is encoded: codes in order of first appearance."""

    def __init__(self) -> None:
        self._tables: dict[str, Table] = {name: new_table(np.uint8) for name in FIELDS}
        self._counts = {name: np.zeros(0, np.int64) for name in NAMES}

    def encode(self, field: str, column: pa.Array | pa.ChunkedArray) -> NDArray[np.int32]:
        """The code of each text (its position plus one), 0 where there is none. New texts are added."""
        offsets, data = arrow_text(whole(column))
        self._tables[field], found = intern_spans(data, offsets.astype(np.int64), self._tables[field])
        return found + np.int32(1)

    def count(self, records: NDArray[np.int32]) -> None:
        """Add these people to the counts of the names they have."""
        for name, word in (("first", FIRST), ("last", LAST)):
            added = np.bincount(records[:, word], minlength=int(self._tables[name].count[0]) + 1)[1:]
            added[: len(self._counts[name])] += self._counts[name]
            self._counts[name] = added.astype(np.int64)

    def counts(self, field: str) -> NDArray[np.int64]:
        """How many of the people that were counted have each name, by code."""
        return self._counts[field]

    def texts(self, field: str) -> pa.Array:
        """The texts of a field, by code."""
        table = self._tables[field]
        used = int(table.count[0])
        return text_of(table.starts[: used + 1].astype(np.int32), table.contents[: int(table.starts[used])].copy())


@dataclass(frozen=True)
class Dictionary:
    """One field's terms: texts by code; their hashes; the hashes ascending with the codes they belong to."""

    texts: pa.Array  # string [terms]
    hashes: NDArray[np.uint64]  # [terms]
    sorted_hashes: NDArray[np.uint64]  # [terms]
    codes: NDArray[np.int32]  # [terms]

    def buffers(self) -> Texts:
        """The texts as compiled loops take them."""
        return Texts(*arrow_text(self.texts))

    def match(self, other: Dictionary) -> NDArray[np.int32]:
        """The code in `other` of each term (position plus one), 0 where it has none."""
        out = np.empty(len(self.texts), np.int32)
        (offsets, data), (offsets2, data2) = self.buffers(), other.buffers()
        match_terms(offsets, data, frozen(self.hashes), frozen(other.sorted_hashes), frozen(other.codes), offsets2, data2, out)
        return out


def frozen(array: NDArray[_Item]) -> NDArray[_Item]:
    """The array without leave to write: compiled loops know one kind only, whether it was made here or mapped from a file."""
    view = array.view()
    view.flags.writeable = False
    return view


def hashes_of(texts: pa.Array) -> NDArray[np.uint64]:
    """64-bit hash per text, 0 for an empty or missing one."""
    out = np.empty(len(texts), np.uint64)
    hash_texts(*arrow_text(texts), out)
    return out


def dictionary(texts: pa.Array) -> Dictionary:
    """A dictionary of distinct texts."""
    hashes = hashes_of(texts)
    codes = np.argsort(hashes, kind="stable").astype(np.int32)
    return Dictionary(texts, hashes, hashes[codes], codes)


def name_forms(names: Dictionary, known: tuple[Dictionary, NDArray[np.uint64]] | None = None) -> NDArray[np.uint64]:
    """Hashes of each name: whole, nickname family, sound, initial. uint64 [terms, 4], 0 where a form is empty. `known`: names whose
    forms were made before, and these; hardly any name of a portfolio is not among those of a reference."""
    if known is None:
        return _forms(names.texts, names.hashes)
    code = names.match(known[0])
    out = np.asarray(known[1])[np.maximum(code - 1, 0)] if len(known[1]) else np.zeros((len(code), FORMS), np.uint64)
    new = np.flatnonzero(code == 0)
    out[new] = _forms(names.texts.take(pa.array(new)), names.hashes[new])
    return out


def _forms(texts: pa.Array, hashes: NDArray[np.uint64]) -> NDArray[np.uint64]:
    out = np.zeros((len(texts), FORMS), np.uint64)
    out[:, 0] = out[:, 1] = hashes
    listed = np.flatnonzero(pc.is_in(texts, _listed()).to_numpy(zero_copy_only=False))
    groups = [nicknames.group(name) for name in texts.take(pa.array(listed)).to_pylist()]
    out[listed, 1] = hashes_of(pa.array(groups, pa.string()))
    out[:, 2] = hashes_of(phonetics.codes(texts))
    initial = np.empty(len(texts), np.int32)
    first_bytes(*arrow_text(texts), initial)
    out[:, 3] = np.where(initial == 0, 0, initial.astype(np.uint64) + np.uint64(1))
    return out


@lru_cache(maxsize=1)
def _listed() -> pa.Array:
    return pa.array(nicknames.listed(), pa.string())


def nickname_codes(texts: pa.Array) -> NDArray[np.int32]:
    """Each first name's number in the table of nicknames, -1 for one that is not in it."""
    found: NDArray[np.int32] = pc.fill_null(pc.index_in(texts, _listed()), -1).to_numpy(zero_copy_only=False).astype(np.int32)
    return found


@lru_cache(maxsize=1)
def full_names() -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """The full names that each listed name may stand for, as numbers in the same table: (starts [names + 1], numbers)."""
    names = nicknames.listed()
    number = {name: place for place, name in enumerate(names)}
    found = [sorted(number[full] for full in nicknames.representatives(name)) for name in names]
    starts = np.cumsum([0, *(len(one) for one in found)]).astype(np.int32)
    return frozen(starts), frozen(np.array([full for one in found for full in one], np.int32))


@dataclass(frozen=True)
class Terms:
    """The dictionaries of one side, by field, and what its names are besides their spelling."""

    fields: dict[str, Dictionary]
    forms: dict[str, NDArray[np.uint64]]  # first, last: [terms, FORMS]
    nicknames: NDArray[np.int32]  # per first name

    @cached_property
    def letters(self) -> dict[str, NDArray[np.int32]]:
        """Which letters each name has, by which most names are told apart without reading them."""
        found = {}
        for name in NAMES:
            out = np.empty(len(self.fields[name].texts), np.int32)
            letter_words(*self.fields[name].buffers(), out)
            found[name] = frozen(out)
        return found

    def hashes(self) -> NameHashes:
        """What blocking keys are made of."""
        street, house = (frozen(self.fields[name].hashes) for name in ("street", "house"))
        return NameHashes(frozen(self.forms["first"]), frozen(self.forms["last"]), street, house)


def terms_of(growing: Growing, keyed: bool = True, known: Terms | None = None) -> Terms:
    """The finished dictionaries; `keyed`: with what blocking keys need, which only comparing does not. `known`: terms of another
    side, from which forms of the same names are taken."""
    fields = {name: dictionary(growing.texts(name)) for name in FIELDS}
    forms = {}
    for name in NAMES:
        made = None if known is None else (known.fields[name], known.forms[name])
        forms[name] = name_forms(fields[name], made) if keyed else np.zeros((0, FORMS), np.uint64)
    return Terms(fields, forms, nickname_codes(fields["first"].texts))
