"""Who the accounts of a request are: names, birth dates and the contact points that lead, and nothing else of them."""

from __future__ import annotations

import datetime as dt
import os

import pyarrow as pa

from jobs.prepare import find_deliveries
from jobs.tape import of_borrowers
from skiptrace.intake import delivery, duplicates
from skiptrace.intake.mapping import Mapped
from skiptrace.intake.partitions import Partition
from skiptrace.project import Project, token_key
from skiptrace.results import Run
from skiptrace.schema import conform
from skiptrace.schema.asked import REQUEST_ROWS
from skiptrace.sql import query

_ON_TAPE = pa.schema([("account_id", pa.string()), ("dob", pa.date32()), ("ssn", pa.bool_()), ("last_payment_date", pa.date32())])
_OF_TAPE = """
select i.record_id as account_id, any_value(i.dob) as dob, bool_or(i.ssn_token is not null) as ssn,
    any_value(t.last_payment_date) as last_payment_date
from identities i join tape t on t.account_id = i.record_id group by i.record_id
"""
_ROWS = """
select c.reference, c.request, a.first_name, a.middle_name, a.last_name, a.suffix,
    nullif(concat_ws(' ', a.first_name, a.middle_name, a.last_name, a.suffix), '') as full_name, t.dob,
    nullif(concat_ws(' ', h.house, h.street, h.unit), '') as address_line, h.city, h.state, h.postal_code,
    case when starts_with(p.value, '+1') then substr(p.value, 3) end as phone, e.value as email
from asked c join accounts a using (account_id) left join tape t using (account_id)
left join points h on h.account_id = c.account_id and h.kind = 'address'
left join points p on p.account_id = c.account_id and p.kind = 'phone'
left join points e on e.account_id = c.account_id and e.kind = 'email'
order by c.reference
"""
_POINTS = ("account_id", "kind", "rank", "value", "house", "street", "unit", "city", "state", "postal_code")


def on_tape(project: Project, as_of: dt.date) -> pa.Table:
    """account_id, dob, ssn (whether the tape has the number) and last_payment_date of every account of the tape as it is delivered now.

    Raises as a run does where it cannot be read: ConfigError (exit 2), DataRefused (exit 3)."""
    (tape,) = find_deliveries(project, as_of, ("portfolio",))
    key, parts = token_key(project, os.environ), [_ON_TAPE.empty_table()]

    def mapped(partition: Partition) -> Mapped:
        return delivery.load(partition, tape.delivery.mapping, project.limits)

    unused = duplicates.judge([duplicates.survey(mapped(partition), partition) for partition in tape.delivery.partitions])
    for partition in tape.delivery.partitions:
        tables = delivery.canonical(mapped(partition), partition, project.portfolio, as_of, key, unused)
        parts.append(query(_OF_TAPE, {"identities": of_borrowers(tables.identities), "tape": tables.tape}).cast(_ON_TAPE))
    return query("select distinct on (account_id) * from parts order by account_id", {"parts": pa.concat_tables(parts)})


def request_rows(run: Run, asked: pa.Table, tape: pa.Table) -> pa.Table:
    """REQUEST_ROWS of accounts of a run. asked: account_id, request and reference; tape: see `on_tape`."""
    tables = {
        "asked": asked, "tape": tape, "accounts": run.table("accounts", ["account_id", "first_name", "middle_name", "last_name", "suffix"]),
        "points": query("select * from points where rank = 1 and account_id in (select account_id from asked)",
                        {"points": run.table("contact_points", _POINTS), "asked": asked}),
    }  # fmt: skip
    return conform(query(_ROWS, tables), REQUEST_ROWS)
