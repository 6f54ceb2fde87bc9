"""Small published runs on disk, written as a run leaves them: table files in folders and a ledger that names them."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from skiptrace import schema
from skiptrace.schema import Table
from skiptrace.store.commit import encode_json
from skiptrace.store.tables import write_table
from tests.report.sample import COMPARISONS, ledger


def spec_of(name: str) -> Table:
    found: Table = schema.links(COMPARISONS) if name == "links" else getattr(schema, name.upper())
    return found


def write_run(project: Path, run_id: str, tables: dict[str, pa.Table]) -> Path:
    """Write a run to `<project>/runs/<run_id>`; each table in up to two files. Returns its folder."""
    folder = project / "runs" / run_id
    named = {}
    for name, table in tables.items():
        half = table.num_rows // 2
        pieces = [table.slice(0, half), table.slice(half)] if half else [table]
        refs = [write_table(piece, spec_of(name), folder / name, f"part-{place}") for place, piece in enumerate(pieces)]
        files = [ref.plain() | {"path": f"{name}/{Path(ref.path).name}"} for ref in refs]
        named[name] = {"rows": table.num_rows, "files": files}
    content = ledger(tables) | {"run_id": run_id, "tables": named}
    (folder / "run.json").write_bytes(encode_json(content))
    return folder
