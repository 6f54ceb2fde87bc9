"""Who a row is about: names, birth date, identity number token, former names. One person per row and prefix."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.intake.cells import Cells, whole
from skiptrace.normalize.identifiers import normalize_ssn
from skiptrace.normalize.names import normalize_names

_NAME_PARTS = ("first_name", "middle_name", "last_name", "suffix", "full_name")


class People(NamedTuple):
    """Columns of IDENTITIES about the person, one entry per row; `estate` and `minor` are bool."""

    columns: dict[str, pa.Array]
    estate: pa.Array
    minor: pa.Array


def read_people(cells: Cells, prefix: str, key: bytes) -> People:
    """The person of each row, from the columns that start with `prefix` ('' or 'co_').

    `key` makes tokens of the SSNs; the numbers themselves end here. Rejects: unreadable names, birth dates, numbers and former
    names; a name that only fills the field is a flag of the identity, not a reject."""
    names = _names(cells, prefix)
    unread = _holds(whole(names.column("flags")), "unreadable")
    column = f"{prefix}full_name" if cells.has(f"{prefix}full_name") else f"{prefix}last_name"
    cells.rejects.add(cells.rows, pc.if_else(unread, "unreadable", pa.scalar(None, pa.string())), column)
    dob, minor = _birth_dates(cells, f"{prefix}dob")
    token, last4, taxpayer = _numbers(cells, prefix, key)
    flags = _with(whole(names.column("flags")), "taxpayer", taxpayer)
    columns = {
        **{part: whole(names.column(part)) for part in ("first", "middle", "last", "suffix")},
        "former_names": _former_names(cells, f"{prefix}former_names"),
        "name_kind": whole(names.column("kind")), "name_flags": flags,
        "dob": dob, "ssn_token": token, "ssn4": last4,
    }  # fmt: skip
    return People(columns, _holds(flags, "estate"), minor)


def named(cells: Cells, prefix: str) -> pa.Array:
    """Whether a row has any name with this prefix (bool)."""
    found = pa.array(np.zeros(len(cells), bool))
    for part in ("full_name", "first_name", "last_name"):
        found = pc.or_(found, pc.is_valid(cells.text(prefix + part)))
    return found


def _names(cells: Cells, prefix: str) -> pa.Table:
    parts = [cells.mapped(prefix + part) for part in _NAME_PARTS]
    if all(part is None for part in parts):
        parts[0] = pa.chunked_array([pa.nulls(len(cells), pa.string())])
    return normalize_names(*parts)


def _birth_dates(cells: Cells, name: str) -> tuple[pa.Array, pa.Array]:
    if not cells.has(name):
        return pa.nulls(len(cells), pa.date32()), pa.nulls(len(cells), pa.bool_())
    read = cells.lasting.birth_dates(cells.raw_day(name), cells.form(name))
    return cells.judged_day(name, read), whole(read.column("minor"))


def _with(flags: pa.ListArray, flag: str, rows: pa.Array) -> pa.ListArray:
    """Lists of flags with one more behind those of some rows (bool, nulls are none)."""
    more = np.asarray(pc.fill_null(rows, False))
    if not more.any():
        return flags
    ends = np.cumsum(np.asarray(pc.fill_null(pc.list_value_length(flags), 0)))
    values = np.insert(np.asarray(flags.flatten(), object), ends[more], flag)
    offsets = np.concatenate([[0], ends + np.cumsum(more)]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), pa.array(values, pa.string())).cast(flags.type)


def _numbers(cells: Cells, prefix: str, key: bytes) -> tuple[pa.Array, pa.Array, pa.Array]:
    """(token, last four digits, whether the number is one of a taxpayer)."""
    ssn, ssn4 = cells.mapped(f"{prefix}ssn"), cells.mapped(f"{prefix}ssn4")
    if ssn is None and ssn4 is None:
        return pa.nulls(len(cells), pa.binary(16)), pa.nulls(len(cells), pa.string()), pa.nulls(len(cells), pa.bool_())
    read = normalize_ssn(ssn, ssn4, key)
    reason = whole(read.column("reason"))
    of_last_four = pc.equal(reason, "invalid_ssn4")
    nothing = pa.scalar(None, pa.string())
    cells.rejects.add(cells.rows, pc.if_else(of_last_four, nothing, reason), f"{prefix}ssn")
    cells.rejects.add(cells.rows, pc.if_else(of_last_four, reason, nothing), f"{prefix}ssn4")
    return whole(read.column("ssn_token")), whole(read.column("ssn4")), pc.equal(whole(read.column("kind")), "itin")


def _former_names(cells: Cells, name: str) -> pa.Array:
    """Canonical former last names of each row (list of text), sorted and distinct; an empty list where there are
    none."""
    pairs: list[pa.Table] = []
    for spread in cells.spread(name):
        read = whole(normalize_names(None, None, pa.chunked_array([spread.texts]), None, None).column("last"))
        unread = pc.if_else(pc.is_null(read), "not_a_name", pa.scalar(None, pa.string()))
        cells.rejects.add(cells.rows.take(pa.array(spread.at)), unread, spread.column)
        pairs.append(pa.table({"at": spread.at, "name": read}))
    counts = np.zeros(len(cells), np.int64)
    if not pairs:
        return pa.ListArray.from_arrays(pa.array(np.zeros(len(cells) + 1, np.int32)), pa.array([], pa.string()))
    known = pa.concat_tables(pairs).drop_null().group_by(["at", "name"], use_threads=False).aggregate([])
    known = known.sort_by([("at", "ascending"), ("name", "ascending")])
    np.add.at(counts, np.asarray(known.column("at")), 1)
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), whole(known.column("name")).cast(pa.string()))


def _holds(lists: pa.Array, word: str) -> pa.Array:
    """Whether each list of text holds `word`; a NULL list does not."""
    found = np.zeros(len(lists), bool)
    if len(lists):
        hits = np.asarray(pc.list_parent_indices(lists))[np.asarray(pc.equal(pc.list_flatten(lists), word), dtype=bool)]
        found[hits] = True
    return pa.array(found)
