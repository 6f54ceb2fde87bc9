"""Accounts as places in the table of accounts, so that ids are compared once and all else is counted with small integers."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from skiptrace.errors import ContractError

Places = NDArray[np.int32]


def placed(name: str, column: pa.ChunkedArray, ids: pa.Array) -> Places:
    """Of each row of `column` (account ids, string) the place of its account in `ids` (distinct): int32. Rows of one account stand together
    in a run's tables, so only the first of them is looked up. Raises ContractError for an account that is not in `ids`; `name`: the
    table it is in."""
    if not len(column):
        return np.zeros(0, np.int32)
    whole = column.combine_chunks()
    first = np.append(0, np.flatnonzero(pc.not_equal(whole[1:], whole[:-1]).to_numpy(zero_copy_only=False)) + 1)
    found = pc.index_in(whole.take(pa.array(first)), ids)
    if found.null_count:
        raise ContractError(f"table {name}: it has an account that the table of accounts has not")
    places: Places = np.repeat(found.to_numpy(), np.diff(first, append=len(whole)))
    return places
