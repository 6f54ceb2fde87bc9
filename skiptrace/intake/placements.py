"""Who works an account: PLACEMENTS of a delivery."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.intake.cells import Cells
from skiptrace.intake.endpoints import first_reason
from skiptrace.schema import PLACEMENTS


def placements(cells: Cells) -> pa.Table:
    """PLACEMENTS in the file's order. One that names no account or holder is rejected whole. A day that cannot be read, or is still to
    come, is left out and noted: a placement holds from the day on which it was first told, and a recall without a day is none."""
    account, holder = cells.text("account_id"), cells.text("placed_with")
    why = first_reason({"account_id_missing": pc.is_null(account), "placed_with_missing": pc.is_null(holder)})
    table = {
        "account_id": account, "placed_with": pc.utf8_lower(holder), "placed_on": cells.day("placed_on"),
        "recalled_on": cells.day("recalled_on"), "reason": cells.text("reason"),
    }  # fmt: skip
    cells.rejects.add(cells.rows, why, None)
    return pa.table([table[c.name].filter(pc.is_null(why)) for c in PLACEMENTS.columns], schema=PLACEMENTS.arrow)
