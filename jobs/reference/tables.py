"""The reference of the tables that a run leaves, from what the program checks them by."""

from __future__ import annotations

import pyarrow as pa

from skiptrace.linkage import rules
from skiptrace.schema import EVIDENCE_NAMES, PUBLISHED_NAMES, SCHEMA_VERSION, Table, spec_of


def tables() -> list[Table]:
    """The published tables, then the evidence kept beside them, in the schema's order."""
    names = (*PUBLISHED_NAMES, *EVIDENCE_NAMES)
    return [spec_of(name, rules.load().names) for name in names]


def page() -> str:
    """The page: every table with its columns."""
    lines = [
        "# The tables of a run", "",
        f"Parquet files below `runs/RUN/TABLE/`, named by `run.json` (schema version {SCHEMA_VERSION}). Every table is there,",
        "an empty one with its columns. Classes: *key* names an account or record, *personal* is a person's data, *sensitive* would harm",
        "if it leaked.", "",
    ]  # fmt: skip
    for table in tables():
        if table.name == EVIDENCE_NAMES[0]:
            lines += ["# Evidence kept beside them", "", "`run.json` names it under `evidence`.", ""]
        lines += [f"## `{table.name}`", "", table.sentence, ""]
        lines += ["| column | type | may be NULL | class | |", "|---|---|---|---|---|"]
        for column in table.columns:
            null, kind = "yes" if column.nullable else "", "" if column.privacy == "none" else column.privacy
            lines.append(f"| `{column.name}` | {_type(column.type)} | {null} | {kind} | {column.sentence} |")
        lines.append("")
    return "\n".join(lines)


def _type(kind: pa.DataType) -> str:
    if pa.types.is_list(kind):
        return f"list of {_type(kind.value_type)}"
    if pa.types.is_struct(kind):
        return "(" + ", ".join(f"{field.name} {_type(field.type)}" for field in kind) + ")"
    words = {pa.string(): "text", pa.date32(): "date", pa.float64(): "double", pa.bool_(): "boolean"}
    return words.get(kind, str(kind).replace("timestamp[s, tz=UTC]", "instant, UTC"))
