"""The index step: the canonical records of all record sources, encoded and keyed once.

The index is reused until a delivery changes."""

from __future__ import annotations

import shutil
import uuid
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from jobs.setup import read_plan
from jobs.tape import intake_receipts
from skiptrace.errors import DataRefused
from skiptrace.linkage import index, rules
from skiptrace.schema import IDENTITIES, SIGHTINGS
from skiptrace.store.permissions import private_folder
from skiptrace.store.tables import read_table


def build(work: str) -> dict[str, Any]:
    """Build the reference index, or find that it is there. It appears under its name only when it is whole."""
    setup = read_plan(work)
    linkage, made_from, final = rules.load(), {"key": setup.index_key}, setup.index()
    if not _usable(final, made_from, linkage):
        shutil.rmtree(final, ignore_errors=True)
        private_folder(final.parent)
        scratch = final.parent / f".partial-{uuid.uuid4().hex}"
        scratch.mkdir(mode=0o700)
        try:
            receipts = [receipt for source in setup.record_sources for receipt in intake_receipts(setup, source)]
            identities = pa.concat_tables(
                [IDENTITIES.empty(), *(read_table(receipt["identities"]) for receipt in receipts)]
            )
            sightings = pa.concat_tables(
                [SIGHTINGS.empty(), *(read_table(receipt["sightings"]) for receipt in receipts)]
            )
            index.build(
                identities, sightings.filter(pc.equal(sightings["party"], "borrower")), linkage, scratch, made_from
            )
            scratch.rename(final)
        except FileExistsError:
            pass  # another run was first; what it left is checked below
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    opened = index.open_index(final, made_from, linkage)
    return {
        "people": len(opened.people),
        "keys": len(opened.keys),
        "sources": list(opened.sources),
        "folder": final.name,
    }


def _usable(folder: Any, made_from: dict[str, str], linkage: rules.LinkageRules) -> bool:
    """Whether an index is there, whole, and made from this; every byte of it is read for that, once in a run."""
    try:
        index.open_index(folder, made_from, linkage)
        index.verify(folder)
    except DataRefused:
        return False
    return True
