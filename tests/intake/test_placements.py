from __future__ import annotations

import datetime as dt
from pathlib import Path

from skiptrace.intake import delivery
from skiptrace.project.model import Source

COLUMNS = {"account_id": "account", "placed_with": "holder", "placed_on": "since", "recalled_on": "until"}


def test_a_placement_names_an_account_and_a_holder(tmp_path: Path) -> None:
    rows = ["account,holder,since,until", "A,Acme,2026-05-01,2026-05-20", "B,acme,never,", "C,acme,2026-07-09,"]
    rows += [",acme,2026-05-01,", "D,,2026-05-01,"]
    (tmp_path / "p.csv").write_text("\n".join(rows) + "\n")
    content = {"name": "p", "path": "p.csv", "kind": "placements", "purposes": ("other",), "columns": {k: (v,) for k, v in COLUMNS.items()}}
    spec = Source.model_validate(content)
    day = dt.date(2026, 6, 30)
    found = delivery.survey(spec, tmp_path, day, 100, "source[1]")
    (part,) = found.partitions
    tables = delivery.canonical(delivery.load(part, found.mapping), part, spec, day, b"")
    told = [(row["account_id"], row["placed_with"], row["placed_on"], row["recalled_on"]) for row in tables.placements.to_pylist()]
    assert told == [("A", "acme", dt.date(2026, 5, 1), dt.date(2026, 5, 20)), ("B", "acme", None, None), ("C", "acme", None, None)]
    whole = [(row["row"], row["reason"]) for row in tables.rejects.to_pylist() if row["column"] is None]
    assert whole == [(4, "account_id_missing"), (5, "placed_with_missing")]
    assert {(row["row"], row["column"]) for row in tables.rejects.to_pylist() if row["column"]} == {(2, "placed_on"), (3, "placed_on")}
