"""Steps that rules still ask for: how many uses each holds up, and the request that a vendor would need, and no more."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pa_csv

from jobs.decided import rulebook_of, situations_of
from skiptrace.errors import StoreUnavailable
from skiptrace.results import Run
from skiptrace.rulebook.model import Rulebook, Step
from skiptrace.sql import query
from skiptrace.store.commit import replace_bytes
from skiptrace.store.permissions import private_folder

_COUNTS = """
with asked as (select account_id, point_id, channel, unnest(steps_required) as step, steps_required, stopped_by from decisions)
select step, count(*) as uses, count(distinct account_id) as accounts,
    count(*) filter (len(steps_required) = 1 and list_has_all((select list(id) from waiting w where w.step = asked.step), stopped_by))
        as alone
from asked group by step order by uses desc, step
"""
_REQUESTS = {
    "account": """
        select distinct a.account_id, a.first_name, a.middle_name, a.last_name, a.suffix, p.value as address
        from asked join accounts a using (account_id)
        left join points p on p.account_id = a.account_id and p.kind = 'address' and p.rank = 1 order by a.account_id""",
    "point": """
        select p.value as phone, max(coalesce(s.text_basis_at, s.consent_voice_at, s.consent_prerecorded_at)) as date_to_ask
        from asked join points p using (account_id, point_id) join situations s using (account_id, point_id, channel)
        where p.kind = 'phone' group by p.value order by p.value""",
}

ATTESTED_BY_AGE = ("assignment_notice", "bankruptcy_scrub")
"""Steps whose attested day is a fact of its own."""


@dataclass(frozen=True)
class OpenStep:
    """A step that some use waits for: uses and accounts it holds up, and the uses that nothing else stops."""

    step: str
    sentence: str
    uses: int
    accounts: int
    alone: int
    how: str


def open_steps(run: Run) -> tuple[OpenStep, ...]:
    """Steps that decisions of a run ask for, those that hold up most first."""
    book = rulebook_of(run)
    decisions = run.table("decisions", ["account_id", "point_id", "channel", "steps_required", "stopped_by"])
    found = query(_COUNTS, {"decisions": decisions, "waiting": _waiting(book)}).to_pylist()
    told = []
    for row in found:
        step = book.steps[row["step"]]
        told.append(OpenStep(step.name, step.sentence, row["uses"], row["accounts"], row["alone"], ", ".join(ways(step, book))))
    return tuple(told)


def _waiting(book: Rulebook) -> pa.Table:
    """Rules that wait for a step, by step."""
    pairs = sorted({(step, rule.id) for rule in book.rules for step in (rule.step_of(True), rule.step_of(None)) if step})
    return pa.table({"step": pa.array([p[0] for p in pairs], pa.string()), "id": pa.array([p[1] for p in pairs], pa.string())})


def ways(step: Step, book: Rulebook) -> tuple[str, ...]:
    """How a step is done: a request to a vendor, its answers as a delivery, an attestation that some rule or fact looks at;
    where none of them, by what it says, in the deliveries or the project file."""
    found = (["request"] if step.request else []) + (["answers"] if step.answers else [])
    looked_at = step.settles or step.name in ATTESTED_BY_AGE or any(f"steps_done, '{step.name}'" in rule.when for rule in book.rules)
    found += ["attestation"] if looked_at else []
    return tuple(found) or ("deliveries or project file",)


def write_requests(run: Run, folder: Path) -> dict[str, int]:
    """One CSV per open step that has a request, named by the step; rows per file. Only the columns of the request leave.

    Raises StoreUnavailable where the folder cannot be written."""
    book = rulebook_of(run)
    decisions = run.table("decisions", ["account_id", "point_id", "channel", "steps_required"])
    tables: dict[str, Any] = {
        "accounts": run.table("accounts"), "points": run.table("contact_points", ["account_id", "point_id", "kind", "value", "rank"]),
        "situations": situations_of(run),
    }  # fmt: skip
    written = {}
    private_folder(folder)
    for name, step in sorted(book.steps.items()):
        if step.request is None:
            continue
        asked = query(f"select account_id, point_id, channel from d where list_contains(steps_required, '{name}')", {"d": decisions})
        if not asked.num_rows:
            continue
        rows = query(_REQUESTS[step.request.per], {**tables, "asked": asked}).select(list(step.request.columns))
        sink = pa.BufferOutputStream()
        pa_csv.write_csv(rows, sink)
        try:
            replace_bytes(folder / f"{name}.csv", sink.getvalue().to_pybytes())
        except OSError as error:
            raise StoreUnavailable(f"{name}.csv: {error.strerror} — see that there is room and that this user may write there") from None
        written[name] = rows.num_rows
    return written
