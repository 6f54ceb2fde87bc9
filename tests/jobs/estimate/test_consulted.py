from __future__ import annotations

from jobs.estimate.consulted import by_source, held, skipped
from jobs.estimate.samples import sample
from jobs.pipeline import Options
from jobs.prepare import prepare
from tests.jobs.estimate.conftest import LATER, Planned


def test_accounts_that_are_held_are_asked_of_no_source_with_a_price(planned: Planned) -> None:
    setup = prepare(planned.folder, Options(as_of=LATER)).setup
    accounts = sample(setup, "portfolio", range(2), 100)
    apart = held(setup, accounts)
    assert apart is not None
    ids = accounts.identities["record_id"].to_pylist()
    assert [id_ for id_, is_held in zip(ids, apart, strict=True) if is_held] == ["A004"]
    mask = skipped(setup, apart)
    assert mask is not None
    assert mask.shape == (12, 1)
    assert mask.sum() == 1


def test_the_price_is_that_of_links_and_at_most_that_of_questions(planned: Planned) -> None:
    told = {one["name"]: one for one in planned.first["sources"]}
    assert (told["header"]["asked"], told["header"]["cost_most"]) == (11, 5.5)
    assert told["header"]["cost"] == told["header"]["linked"] * 0.5
    assert told["calls"]["asked"] is None


def test_what_the_last_run_linked_is_believed_first(planned: Planned) -> None:
    setup = prepare(planned.folder, Options(as_of=LATER)).setup
    told = {one["name"]: one for one in by_source(setup, 0.0, {"header": 0.5}, {"header": 0.1})}
    assert (told["header"]["linked"], told["header"]["cost"], told["header"]["read"]) == (6, 3.0, 2)
    told = {one["name"]: one for one in by_source(setup, 0.0, {}, {"header": 0.25})}
    assert told["header"]["linked"] == 9
