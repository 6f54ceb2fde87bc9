"""The four reference sources: a credit header, a utility file, a voter roll and a contact file.

Each writes what `coverage` planned for it, with its own noise, columns and gaps. Records are written in batches, so
memory stays modest at any size.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from jobs.demo import mistakes, records, shares
from jobs.demo.coverage import BATCH, CONTACT, HEADER, UTILITY, VOTER, Plan
from jobs.demo.points import DISCONNECTED, LANDLINE, REASSIGNED, RIGHT, phone_at
from jobs.demo.records import World, column, day_column
from jobs.demo.words import Days, Random, Text, Whole, present, stream, texts

_BUREAUS = texts(["bureau_one", "bureau_two", "bureau_three"])
_LISTS = texts(["web_forms", "telco_directory", "warranty_cards"])
EXCHANGE = "utility_exchange"
_GIVEN_TO = texts(["collector", "creditor", "prior_collector"])
STATUSES = ((RIGHT, "active", 0.35), (DISCONNECTED, "disconnected", 0.25), (REASSIGNED, "reassigned", 0.10))
"""What the list says of a line in each true state, and in which share of its records."""
COPY = ""
"""Status of a row that could say nothing: of a household's line, or copied from a file that says nothing of lines."""


@dataclass(frozen=True)
class Batch:
    """Written records: the delivery's columns without ids, whose they are, canonical phone and e-mail for the truth, the day
    each is of, and what it says of the line (None: nothing)."""

    table: pa.Table
    person: Whole
    phone: Text
    email: Text
    day: Days
    status: Text

    def origin(self, source: str) -> Text:
        """Who compiled each record first; of a copied one the source that it was copied from."""
        named = [name for name in ("ORIGIN", "list_origin") if name in self.table.column_names]
        if not named:
            return np.full(len(self.person), source, object)
        found = self.table[named[0]].to_numpy(zero_copy_only=False)
        return np.where(found == EXCHANGE, UTILITY, found)

    def take(self, order: Whole) -> Batch:
        """The records in another order, or some of them several times."""
        columns = (getattr(self, name)[order] for name in ("person", "phone", "email", "day", "status"))
        return Batch(self.table.take(pa.array(order)), *columns)


def batches(world: World, name: str, plan: Plan, seed: int, borrowed: list[Batch]) -> Iterator[Batch]:
    """The records of a source in batches, copies included.

    The contact file copies rows of the utility file, errors and origin included: the utility file leaves its copied
    rows in `borrowed`, and the contact file takes them from there. The credit header copies its own."""
    for start in range(0, max(1, len(plan.person)), BATCH):
        rng = stream(seed, f"{name} {start}")
        batch = WRITERS[name](world, plan.part(start), rng)
        n = len(batch.person)
        copies = mistakes.hit(n, shares.COPIED, rng)
        if name == HEADER:
            batch = batch.take(rng.permutation(np.concatenate([np.arange(n), copies])))
        elif name == UTILITY:
            borrowed.append(batch.take(copies))
        elif name == CONTACT and borrowed:
            batch = _with_copies(batch, borrowed, rng)
        yield batch


def _write_header(world: World, plan: Plan, rng: Random) -> Batch:
    rows, noise = plan.person, 1.0
    n = len(rows)
    name = records.names(world, rows, plan.day, noise, rng)
    where = records.addresses(world, rows, plan.day, noise, 0.6, rng, plan.slot)
    phone = records.phones(world, rows, plan.day, shares.HEADER_PHONE, noise, rng)
    capital = {"FNAME": name.first, "MNAME": name.middle, "LNAME": name.last, "SUFFIX": name.suffix,
               "ADDR1": where["line1"], "ADDR2": where["line2"], "CITY": where["city"]}  # fmt: skip
    columns = {"ORIGIN": column(_BUREAUS[rng.integers(0, len(_BUREAUS), n)])}
    columns |= {key: column(records.upper(values)) for key, values in capital.items()}
    columns |= {"STATE": column(where["state"]), "ZIP": column(where["postal"]), "PHONE": column(phone.text)}
    columns["DOB"] = day_column(records.birth_dates(world, rows, shares.HEADER_DOB, noise, rng))
    columns["SSN4"] = column(records.last_four(world, rows, shares.HEADER_SSN4, noise, rng))
    columns |= {"FIRST_RPT": day_column(plan.since), "LAST_RPT": day_column(plan.day)}
    columns["DOD"] = day_column(_deaths(world, rows, rng))
    nothing = np.full(n, None, object)
    return Batch(pa.table(columns), rows, phone.canonical(), nothing, plan.day, nothing)


def _deaths(world: World, rows: Whole, rng: Random) -> Days:
    """Reported days of death: of some of the dead, a few of them wrong, and of very few of the living."""
    people, n = world.people, len(rows)
    luck = (people.ssn4[rows] * 7919 % 10_000) / 10_000  # the same for all rows of a person
    reported = luck < shares.DEATH_REPORTED
    day = np.where(reported, people.died[rows], np.datetime64("NaT", "D"))
    wrong = mistakes.hit(n, shares.DEATH_MISDATED, rng)
    earlier, later = -rng.integers(3000, 12_000, len(wrong)), rng.integers(200, 2000, len(wrong))
    shift = np.where(rng.random(len(wrong)) < 0.5, earlier, later)
    day[wrong] = day[wrong] + shift
    living = mistakes.hit(n, shares.DEATH_OF_LIVING, rng)
    living = living[np.isnat(people.died[rows[living]])]
    earlier, later = -rng.integers(7000, 15_000, len(living)), rng.integers(5, 180, len(living))
    day[living] = people.as_of + np.where(rng.random(len(living)) < 0.7, earlier, later)
    return day


def _write_utility(world: World, plan: Plan, rng: Random) -> Batch:
    rows, noise = plan.person, 1.3
    name = records.names(world, rows, plan.day, noise, rng)
    where = records.addresses(world, rows, plan.day, noise, 0.3, rng, plan.slot)
    phone = records.phones(world, rows, plan.day, shares.UTILITY_PHONE, noise, rng)
    capitals = rng.random(len(rows)) < 0.5
    everyone = name.one_field(np.arange(len(rows)), last_first=False)
    table = pa.table({
        "customer_name": column(records.upper(everyone, capitals)),
        "service_address": column(records.upper(where["line1"], capitals)),
        "service_unit": column(where["line2"]),
        "city": column(records.upper(where["city"], capitals)),
        "state": column(where["state"]),
        "zip": column(where["postal"]),
        "phone": column(phone.text),
        "last_bill": day_column(plan.day),
    })  # fmt: skip
    nothing = np.full(len(rows), None, object)
    return Batch(table, rows, phone.canonical(), nothing, plan.day, nothing)


def _write_voter(world: World, plan: Plan, rng: Random) -> Batch:
    rows, noise = plan.person, 0.6
    name = records.names(world, rows, plan.since, noise, rng)
    where = records.addresses(world, rows, plan.since, noise, 0.0, rng, plan.slot)
    born = records.birth_dates(world, rows, shares.VOTER_DOB, noise, rng)
    columns = {"LastName": name.last, "FirstName": name.first, "MiddleName": name.middle, "NameSuffix": name.suffix,
               "BirthDate": records.day_text(born, "%Y%m%d"), "ResAddress": where["line1"], "ResCity": where["city"],
               "ResState": where["state"], "ResZip": where["postal"]}  # fmt: skip
    table = pa.table({key: column(values) for key, values in columns.items()})
    table = table.append_column("RegistrationDate", day_column(plan.since))
    table = table.append_column("LastVoted", day_column(plan.day))
    nothing = np.full(len(rows), None, object)
    return Batch(table, rows, nothing, nothing, plan.day, nothing)


def _write_contact(world: World, plan: Plan, rng: Random) -> Batch:
    rows, noise = plan.person, 1.8
    n = len(rows)
    name = records.names(world, rows, plan.day, noise, rng)
    where = records.addresses(world, rows, plan.day, noise, 0.5, rng, plan.slot)
    which = phone_at(world.people, world.points, rows, plan.day, rng)
    phone = records.phones(world, rows, plan.day, shares.CONTACT_PHONE, noise, rng, which)
    email = records.emails(world, rows, plan.day, shares.CONTACT_EMAIL, noise, rng)
    state, luck = world.points.state[rows, which], rng.random(n)
    status = np.full(n, None, object)
    for number, word, share in STATUSES:
        status[(state == number) & (luck < share) & present(phone.digits)] = word
    status[which == LANDLINE] = COPY  # nobody asks a household's line whose it is
    columns = {"list_origin": _LISTS[rng.integers(0, len(_LISTS), n)], "fullname": np.full(n, None, object),
               "fname": name.first, "lname": name.last,
               "address": where["line1"], "unit": where["line2"], "city": where["city"], "state": where["state"],
               "zip": where["postal"], "phone": phone.text, "line_type": phone.line_type,
               "line_status": texts([word or None for word in status]),
               "email": email}  # fmt: skip
    arrays = {key: column(values) for key, values in columns.items()}
    arrays["last_seen"] = day_column(plan.day)
    for kind, share, has in (("text", shares.CONSENT_TEXT, present(phone.digits) & (phone.line_type == "mobile")),
                             ("voice", shares.CONSENT_VOICE, present(phone.digits)),
                             ("email", shares.CONSENT_EMAIL, present(email))):  # fmt: skip
        given = has & (rng.random(n) < share)
        at = np.minimum(plan.day, world.people.as_of - np.clip(rng.exponential(220, n), 2, 1500).astype(np.int64))
        to = _GIVEN_TO[rng.choice(3, n, p=(0.55, 0.30, 0.15))]
        what = np.where(rng.random(n) < shares.CONSENT_REVOKED, "revoked", "given").astype(object)
        what[~given], to[~given] = None, None
        arrays[f"consent_{kind}"] = column(what)
        arrays[f"consent_{kind}_at"] = day_column(np.where(given, at, np.datetime64("NaT", "D")))
        arrays[f"consent_{kind}_given_to"] = column(to)
    return Batch(pa.table(arrays), rows, phone.canonical(), email, plan.day, status)


def _with_copies(batch: Batch, borrowed: list[Batch], rng: Random) -> Batch:
    """A batch of the contact file with the next batch of copied utility rows among its own."""
    copied = borrowed.pop(0)
    source = copied.table
    columns = {"list_origin": pa.array([EXCHANGE] * len(copied.person), pa.string()),
               "fullname": source["customer_name"], "address": source["service_address"],
               "unit": source["service_unit"], "city": source["city"], "state": source["state"], "zip": source["zip"],
               "phone": source["phone"], "last_seen": source["last_bill"]}  # fmt: skip
    rows = len(copied.person)
    schema = batch.table.schema
    aligned = pa.table([columns.get(field.name, pa.nulls(rows, field.type)) for field in schema], schema=schema)
    joined = Batch(
        pa.concat_tables([batch.table, aligned]).combine_chunks(),
        np.concatenate([batch.person, copied.person]),
        np.concatenate([batch.phone, copied.phone]),
        np.concatenate([batch.email, copied.email]),
        np.concatenate([batch.day, copied.day]),
        np.concatenate([batch.status, np.full(rows, COPY, object)]),
    )
    return joined.take(rng.permutation(len(joined.person)))


WRITERS = {HEADER: _write_header, UTILITY: _write_utility, VOTER: _write_voter, CONTACT: _write_contact}
