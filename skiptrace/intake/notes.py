"""What people found out or know better: NOTES of a delivery."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.intake.cells import Cells
from skiptrace.intake.endpoints import NOTHING, endpoints, first_reason, where_nobody_could_write
from skiptrace.schema import NOTES


def notes(cells: Cells) -> pa.Table:
    """NOTES in the file's order. A note without id, account, readable value, known word, author or day is rejected whole: what nobody
    answers for is no evidence."""
    says, channel = cells.word("says", "says"), cells.word("channel", "channel")
    table = {
        "note_id": cells.text("note_id"), "account_id": cells.text("account_id"), "says": says, "by": cells.text("by"),
        "reason": cells.text("reason"), "date": cells.day("date"),
    }  # fmt: skip
    given = cells.text("value")
    kind, value, bad = endpoints(given, channel)
    why = first_reason({
        "note_id_missing": pc.is_null(table["note_id"]), "account_id_missing": pc.is_null(table["account_id"]),
        "unknown_word": pc.is_null(says), "value_missing": pc.is_null(given), "by_missing": pc.is_null(table["by"]),
    })  # fmt: skip
    bad = pc.coalesce(bad, pc.if_else(where_nobody_could_write(kind, value), "incomplete_address", NOTHING))
    why = pc.coalesce(why, bad, pc.if_else(pc.is_null(table["date"]), "date_missing", NOTHING))
    cells.rejects.add(cells.rows, why, None)
    table |= {"kind": kind, "value": value}
    return pa.table([table[c.name].filter(pc.is_null(why)) for c in NOTES.columns], schema=NOTES.arrow)
