"""Which columns of a table say who or where somebody is: those that only the identity key opens."""

from __future__ import annotations

import pyarrow as pa

from skiptrace.schema.table import Column


def is_identity(column: Column) -> bool:
    """Whether a column is of the identity role: personal values, and the sensitive ones that are a value (a birth date, the last digits of
    an SSN, words as delivered). Flags, levels of comparisons and ids of rules, sensitive though they are, are what scores and decisions
    are made of, and say nothing without the account."""
    if column.privacy != "sensitive":
        return column.privacy == "personal"
    kind = column.type.value_type if pa.types.is_list(column.type) else column.type
    verdict = pa.types.is_boolean(kind) or pa.types.is_int8(kind) or (pa.types.is_list(column.type) and pa.types.is_string(kind))
    return not verdict
