"""How a row says its person can be reached: addresses, phones and e-mails as sightings, one row per distinct point."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.intake.cells import Cells, whole
from skiptrace.normalize.addresses import normalize_addresses
from skiptrace.normalize.emails import normalize_emails
from skiptrace.normalize.phones import normalize_phones
from skiptrace.normalize.zones import address_zones
from skiptrace.schema import SIGHTINGS

_ADDRESS_PARTS = ("address_line1", "address_line2", "city", "state", "postal_code", "country")
_OF_PHONES_ONLY = ("disconnected", "reassigned")


@dataclass(frozen=True)
class Whose:
    """To whom the points of the rows belong, and what the source says of them: one entry per row.

    `status` holds for points of the kinds in `status_kinds`; `line_type` for phones, `ncoa_code` for addresses."""

    source: str
    party: str
    identity: np.ndarray
    origin: pa.Array
    first_seen: pa.Array
    last_seen: pa.Array
    status: pa.Array
    line_type: pa.Array
    ncoa_code: pa.Array
    status_kinds: tuple[str, ...] = field(default=("address", "phone", "email"))


def read_sightings(cells: Cells, prefix: str, whose: Whose) -> pa.Table:
    """SIGHTINGS of the columns that start with `prefix`, by identity, kind and order of mapping.

    Rejects: phones and e-mails that are none, and address lines without street and box ("incomplete_address")."""
    parts = [SIGHTINGS.empty().append_column("position", pa.array([], pa.int32()))]
    for position, (kind, at, columns) in enumerate(_points(cells, prefix)):
        parts.append(
            _dated(kind, at, columns, whose).append_column("position", pa.array(np.full(len(at), position, np.int32)))
        )
    table = pa.concat_tables([part.cast(parts[0].schema) for part in parts]).combine_chunks()
    order = [("identity", "ascending"), ("kind", "ascending"), ("position", "ascending"), ("row", "ascending")]
    table = table.append_column("row", pa.array(np.arange(table.num_rows))).sort_by(order)
    first = table.append_column("at", pa.array(np.arange(table.num_rows)))
    first = first.group_by(["identity", "kind", "value"], use_threads=False).aggregate([("at", "min")])
    return table.take(pa.array(np.sort(np.asarray(first.column("at_min"))))).select(list(SIGHTINGS.names))


_Points = tuple[str, np.ndarray, dict[str, pa.Array]]


def _points(cells: Cells, prefix: str) -> Iterator[_Points]:
    """Kind, rows and value columns of each group of points."""
    if cells.has(*(prefix + part for part in _ADDRESS_PARTS[:5])):
        yield from _addresses(cells, prefix)
    for kind, normalize, value in (("phone", normalize_phones, "e164"), ("email", normalize_emails, "value")):
        yield from _singles(cells, prefix, kind, normalize, value)


def _addresses(cells: Cells, prefix: str) -> Iterator[_Points]:
    read = normalize_addresses(*(cells.mapped(prefix + part) for part in _ADDRESS_PARTS))
    line = whole(read.column("line"))
    given = pc.or_(pc.is_valid(cells.text(f"{prefix}address_line1")), pc.is_valid(cells.text(f"{prefix}address_line2")))
    bad = pc.and_(given, pc.is_null(line))
    cells.rejects.add(
        cells.rows, pc.if_else(bad, "incomplete_address", pa.scalar(None, pa.string())), f"{prefix}address_line1"
    )
    at = np.flatnonzero(np.asarray(pc.is_valid(line)))
    yield "address", at, address_columns(read.take(pa.array(at)))
    somewhere = pc.or_(pc.is_valid(whole(read.column("city"))), pc.is_valid(whole(read.column("zip5"))))
    at = np.flatnonzero(np.asarray(pc.and_(pc.is_null(line), somewhere)))
    if len(at):
        yield "locality", at, _locality_columns(read.take(pa.array(at)))


def _locality_columns(read: pa.Table) -> dict[str, pa.Array]:
    """Columns of SIGHTINGS where no street is known: nobody can be written to there, but it tells people apart."""
    part = {name: whole(read.column(name)) for name in ("city", "state", "zip5", "country")}
    value = pc.binary_join_element_wise(part["city"], part["state"], part["zip5"], " ", null_handling="skip")
    return {
        "value": value, "match_key": value, "city": part["city"], "state": part["state"], "postal_code": part["zip5"],
        "country": part["country"],
    }  # fmt: skip


def address_columns(read: pa.Table) -> dict[str, pa.Array]:
    """Columns of SIGHTINGS from a table of `normalize_addresses`; a PO box stands as the street."""
    part = {name: whole(read.column(name)) for name in read.column_names}
    return {
        "value": part["line"],
        "match_key": part["line"],
        "house": part["house"],
        "street": pc.coalesce(part["street"], part["box"]),
        "unit": part["unit"],
        "city": part["city"],
        "state": part["state"],
        "postal_code": part["zip5"],
        "country": part["country"],
        "point_kind": part["kind"],
        "flags": part["flags"],
        "zones": address_zones(part["zip5"], part["state"], part["country"]),
    }


def _singles(
    cells: Cells, prefix: str, kind: str, normalize: Callable[[pa.Array], pa.Table], value: str
) -> Iterator[_Points]:
    for spread in cells.spread(f"{prefix}{kind}", f"{prefix}{kind}s"):
        read = normalize(pa.chunked_array([spread.texts]))
        cells.rejects.add(cells.rows.take(pa.array(spread.at)), whole(read.column("reason")), spread.column)
        good = np.asarray(pc.is_valid(whole(read.column(value))))
        yield kind, spread.at[good], single_columns(read.filter(pa.array(good)), value)


def single_columns(read: pa.Table, value: str) -> dict[str, pa.Array]:
    """Columns of SIGHTINGS from a table of `normalize_phones` (value 'e164') or `normalize_emails` (value 'value')."""
    columns = {"value": whole(read.column(value)), "flags": whole(read.column("flags"))}
    if value == "e164":
        return {
            **columns,
            "match_key": columns["value"],
            "point_kind": whole(read.column("kind")),
            "zones": whole(read.column("zones")),
            "country": whole(read.column("region")),
        }
    return {**columns, "match_key": whole(read.column("match_key"))}


def _dated(kind: str, at: np.ndarray, columns: dict[str, pa.Array], whose: Whose) -> pa.Table:
    """SIGHTINGS rows of one group of points, with what the source says of them."""
    rows = pa.array(at)
    count = len(at)
    status = whose.status.take(rows)
    if kind not in whose.status_kinds:
        status = pa.nulls(count, pa.string())
    elif kind != "phone":
        status = pc.if_else(pc.is_in(status, pa.array(_OF_PHONES_ONLY)), pa.scalar(None, pa.string()), status)
    told = {
        "source": pa.repeat(whose.source, count),
        "identity": pa.array(whose.identity[at]),
        "origin": whose.origin.take(rows),
        "party": pa.repeat(whose.party, count),
        "kind": pa.repeat(kind, count),
        "first_seen": whose.first_seen.take(rows),
        "last_seen": whose.last_seen.take(rows),
        "status": status,
        **columns,
    }
    if kind == "phone":
        told["line_type"] = whose.line_type.take(rows)
    if kind == "address":
        told["ncoa_code"] = whose.ncoa_code.take(rows)
    return pa.table(
        [told.get(c.name, pa.nulls(count, c.type)).cast(c.type) for c in SIGHTINGS.columns], schema=SIGHTINGS.arrow
    )
