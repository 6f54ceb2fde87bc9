"""What the deliveries of a project say of accounts that may go back to their seller, and the file for the seller.

The rules of what goes back are `skiptrace.onboard.putback`; here it is read off the tape's flags, deaths, linked bankruptcies, lists,
and the limitation periods as they stood at each cut-off date.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from jobs import inventory
from jobs.setup import Setup, read_plan
from jobs.tape import intake_receipts, tape_refs
from skiptrace.compliance.limitation import limitation_status
from skiptrace.onboard.putback import REPORTS, Terms, put_back
from skiptrace.onboard.resold import duplicates
from skiptrace.rulebook.model import Rulebook
from skiptrace.schema import IDENTITIES, PUT_BACK, TAPE
from skiptrace.schema.working import RESOLD
from skiptrace.sql import query
from skiptrace.store.commit import put
from skiptrace.store.permissions import private_folder
from skiptrace.store.places import Place
from skiptrace.store.tables import read_table, read_tables, write_table

NAME = "put_back"
_FLAGS = {"deceased": "deceased", "bankruptcy": "bankrupt", "dispute": "disputed"}
_LISTED = {
    "deceased": "deceased", "bankruptcy": "bankrupt", "paid": "settled", "settled": "settled", "paid_or_settled": "settled",
    "identity_theft": "fraudulent", "fraud": "fraudulent", "dispute": "disputed",
}  # fmt: skip
"""Reasons of lists that make an account one for its seller."""
_TAPE = "select account_id, '{reason}' as reason, null::date as since, 'tape' as source from tape where {flag}"
SURE = 0.999
"""Probability that a record is the debtor's from which on its date is held against the seller; below, somebody must look."""
_DEATHS = f"""
select d.account_id, 'deceased' as reason, case when d.report_probability >= {SURE} then d.deceased_date end as since,
    unnest(coalesce(d.reported_by, ['past contact'])) as source
from deaths d join tape t using (account_id) where d.deceased and not coalesce(t.deceased, false)
"""
_BANKRUPTCIES = f"""
select l.account_id, 'bankrupt' as reason, case when l.match_probability >= {SURE} then i.first_seen end as since, l.source
from links l join records i using (source, identity)
"""
_LISTS = """
select s.account_id, r.reason, s.effective_from as since, s.list as source
from lists s join reasons r on r.listed = s.reason join tape t using (account_id) where s.scope in ('account', 'person')
"""


def terms_of(setup: Setup) -> list[Terms]:
    """The purchases of the project file."""
    return [Terms(one.portfolio_id, one.seller, one.cut_off, one.put_back_days) for one in setup.project.portfolio.purchase]


def resold(work: str, consumers: dict[str, Any]) -> dict[str, Any]:
    """RESOLD of the whole portfolio."""
    setup = read_plan(work)
    tape = read_tables(tape_refs(setup, "tape"), TAPE, ["account_id", "open_date", "charge_off_date", "original_creditor"])
    found = duplicates(inventory.owned(setup, tape), read_table(consumers)).sort_by([("account_id", "ascending"), ("source", "ascending")])
    return {"resold": write_table(found, RESOLD, setup.work / "resold", "resold").plain()}


def of_partition(
    setup: Setup, tape: pa.Table, facts: pa.Table, deaths: pa.Table, linked: pa.Table, lists: pa.Table | None, twice: pa.Table,
    rulebook: Rulebook,
) -> pa.Table:  # fmt: skip
    """PUT_BACK of one partition. `facts`: its ACCOUNT_SITUATIONS; `linked`: CONSIDERED, of which accepted pairs count; `lists`:
    SUPPRESSIONS of the project, None where no list is delivered; `twice`: RESOLD. What is no longer the buyer's cannot go back."""
    terms, tape = terms_of(setup), inventory.owned(setup, tape)
    found = [query(_TAPE.format(reason=reason, flag=flag), {"tape": tape}) for flag, reason in _FLAGS.items()]
    found.append(query(_TAPE.format(reason="settled", flag="balance <= 0"), {"tape": tape}))
    found.append(twice.filter(pc.is_in(twice["account_id"], tape["account_id"].combine_chunks())))
    found.append(query(_DEATHS, {"deaths": deaths, "tape": tape}))
    found += _bankruptcies(setup, linked)
    if lists is not None:
        reasons = pa.table({"listed": list(_LISTED), "reason": list(_LISTED.values())})
        found.append(query(_LISTS, {"lists": lists, "reasons": reasons, "tape": tape}))
    found += [_barred(setup, facts, tape, one, rulebook) for one in terms]
    told = pa.concat_tables([part.select(REPORTS.names).cast(REPORTS) for part in found])
    return put_back(tape.select(["account_id", "portfolio_id", "balance"]), told, terms, setup.as_of)


def _bankruptcies(setup: Setup, linked: pa.Table) -> list[pa.Table]:
    """Accounts with an accepted record in a source of bankruptcies, since the day it was first seen there."""
    names = [source.name for source in setup.project.source if source.kind == "bankruptcy"]
    mine = pc.and_(pc.equal(linked["status"], "linked"), pc.equal(linked["relation"], "same"))
    accepted = linked.filter(pc.and_(mine, pc.is_in(linked["source"], pa.array(names, pa.string()))))
    if not len(accepted):
        return []
    refs = [receipt["identities"] for name in names for receipt in intake_receipts(setup, name)]
    return [query(_BANKRUPTCIES, {"links": accepted, "records": read_tables(refs, IDENTITIES, ["source", "identity", "first_seen"])})]


def _barred(setup: Setup, facts: pa.Table, tape: pa.Table, terms: Terms, rulebook: Rulebook) -> pa.Table:
    """Accounts of a purchase whose debt no state that may count let be sued for at the cut-off date."""
    text = "select *, list_sort(list_distinct(list_concat(home_states, $states))) as candidates from facts order by account_id"
    states = ", ".join(f"'{state}'" for state in setup.project.compliance.creditor_states)
    known = query(text.replace("$states", f"[{states}]::varchar[]"), {"facts": facts})
    status = limitation_status(known, rulebook, terms.cut_off)
    late = known.filter(pc.equal(status, "barred")).select(["account_id"])
    where = "true" if terms.portfolio_id is None else "t.portfolio_id = p.id"
    text = f"""select l.account_id, 'out_of_statute' as reason, p.cut_off as since, 'limitation periods' as source
        from late l join tape t using (account_id), terms p where {where}"""
    one = pa.table({"id": pa.array([terms.portfolio_id], pa.string()), "cut_off": pa.array([terms.cut_off], pa.date32())})
    return query(text, {"late": late, "tape": tape, "terms": one})


def write(folder: Place, table: pa.Table) -> dict[str, Any]:
    """The seller's file, `put_back.csv`, in `folder`: what is certain first, then what a person must look up."""
    ordered = query("select * from t order by certain desc, return_by, account_id, reason", {"t": table})
    said = pc.binary_join(ordered["evidence"], "; ")
    flat = ordered.set_column(ordered.column_names.index("evidence"), "evidence", said)

    def to(path: Path) -> None:
        pa_csv.write_csv(flat.select(list(PUT_BACK.names)), path)

    path, _ = put(private_folder(folder), to, lambda _: f"{NAME}.csv")
    return {"file": str(path), "rows": len(flat), "certain": pc.sum(flat["certain"].cast(pa.int64())).as_py() or 0}
