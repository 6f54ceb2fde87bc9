import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from jobs.demo import coverage, sources
from jobs.demo.project import DemoFiles
from jobs.demo.records import World
from jobs.demo.tape import Debtors

Written = dict[str, sources.Batch]


@pytest.fixture(scope="module")
def written(world: World, debtors: Debtors) -> Written:
    borrowed: list[sources.Batch] = []
    plans = coverage.plans(world, debtors.people(), 7)
    out = {name: next(sources.batches(world, name, plan, 7, borrowed)) for name, plan in plans.items()}
    assert borrowed == []
    return out


def test_batches_are_parallel(written: Written) -> None:
    for batch in written.values():
        assert batch.table.num_rows == len(batch.person) == len(batch.phone) == len(batch.email) > 0


def test_the_header_repeats_records_with_their_errors_and_origin(written: Written) -> None:
    table = written[coverage.HEADER].table
    distinct = table.group_by(table.column_names).aggregate([]).num_rows
    assert 0.03 < 1 - distinct / table.num_rows < 0.07
    assert set(table["ORIGIN"].to_pylist()) == set(sources._BUREAUS)


def test_the_contact_file_holds_copies_of_utility_records(written: Written) -> None:
    contact, utility = written[coverage.CONTACT].table, written[coverage.UTILITY].table
    copies = contact.filter(pc.equal(contact["list_origin"], "utility_exchange"))
    assert copies.num_rows > 50
    original, copy = ("customer_name", "service_address", "zip", "phone"), ("fullname", "address", "zip", "phone")
    rows = set(zip(*(utility[name].to_pylist() for name in original), strict=True))
    assert set(zip(*(copies[name].to_pylist() for name in copy), strict=True)) <= rows
    assert copies["fname"].null_count == copies.num_rows


def test_a_copy_is_of_the_same_person(world: World, written: Written) -> None:
    contact = written[coverage.CONTACT]
    mine = np.array(pc.equal(contact.table["list_origin"], "utility_exchange").to_pylist())
    assert np.isin(contact.person[mine], written[coverage.UTILITY].person).all()


def test_some_of_the_dead_are_reported_and_very_few_of_the_living(world: World, written: Written) -> None:
    batch = written[coverage.HEADER]
    told = np.array(batch.table["DOD"].is_valid().to_pylist())
    dead = ~np.isnat(world.people.died[batch.person])
    assert 0.45 < told[dead].mean() < 0.75
    assert 0 < told[~dead].mean() < 0.003
    day = np.array(batch.table["DOD"].to_pylist(), "datetime64[D]")
    wrong = told & dead & (day != world.people.died[batch.person])
    assert 0 < wrong.sum() < 0.2 * (told & dead).sum()


def test_columns_differ_by_source(written: Written) -> None:
    schemas = {name: set(batch.table.column_names) for name, batch in written.items()}
    assert not schemas[coverage.UTILITY] & {"DOB", "BirthDate", "SSN4"}
    assert written[coverage.VOTER].table.schema.field("BirthDate").type == pa.string()
    assert {"consent_text", "consent_text_at", "consent_text_given_to", "line_type"} <= schemas[coverage.CONTACT]


def test_consents_are_complete_or_absent(demo: DemoFiles) -> None:
    table = pq.read_table(demo.sources["contact"])
    for kind in ("text", "voice", "email"):
        given = table[f"consent_{kind}"].is_valid()
        assert set(table[f"consent_{kind}"].drop_null().to_pylist()) == {"given", "revoked"}
        for detail in ("at", "given_to"):
            assert table[f"consent_{kind}_{detail}"].is_valid().equals(given)
        assert 50 < pc.sum(given).as_py() < 0.4 * table.num_rows
