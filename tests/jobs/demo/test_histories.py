from __future__ import annotations

import duckdb
import numpy as np
import pyarrow.parquet as pq
import pytest

from jobs.demo import histories, truth
from jobs.demo.coverage import compiled
from jobs.demo.histories import MODEL, Shown
from jobs.demo.points import MOBILE, RIGHT, e164
from jobs.demo.project import DemoFiles
from jobs.demo.records import World
from jobs.demo.tape import Debtors, Portfolio
from jobs.demo.words import texts


def odds(p: float) -> float:
    return float(np.log(p / (1 - p)))


def shown(world: World, person: int, years: float, origin: str = "bureau", status: str | None = None) -> Shown:
    day = np.array([compiled(world) - int(years * 365.25)], "datetime64[D]")
    value = e164(world.points.phone[[person], MOBILE])
    return Shown("contact", "phone", np.array([person]), value, day, texts([status]), texts([origin]))


@pytest.fixture
def somebody(world: World, debtors: Debtors, portfolio: Portfolio) -> int:
    """A living debtor with a mobile number whom the tape gives no phone."""
    silent = np.array([home is None and cell is None for home, cell in zip(*portfolio.phones, strict=True)])
    given = set(debtors.person[~silent].tolist())
    people = [person for person in debtors.person[silent].tolist() if person not in given]
    return next(p for p in people if world.points.phone[p, MOBILE] and np.isnat(world.people.died[p]))


def p_works(world: World, debtors: Debtors, portfolio: Portfolio, person: int, *some: Shown) -> float:
    (voice,) = [use for use in histories.uses(world, portfolio, debtors, some) if use.channel == "voice"]
    value = str(e164(world.points.phone[[person], MOBILE])[0])
    (at,) = np.flatnonzero((voice.person == person) & (voice.value == value))
    return float(voice.works[at])


def test_the_formula_by_hand(world: World, debtors: Debtors, portfolio: Portfolio, somebody: int) -> None:
    model = MODEL["phone"]
    quiet = shown(world, somebody, 3, status="")
    alone = p_works(world, debtors, portfolio, somebody, quiet)
    assert odds(alone) == pytest.approx(model.level - 3 * model.per_year, abs=0.002)
    two = p_works(world, debtors, portfolio, somebody, quiet, shown(world, somebody, 5, "list", ""))
    assert odds(two) - odds(alone) == pytest.approx(model.source)
    copied = p_works(world, debtors, portfolio, somebody, quiet, shown(world, somebody, 5, "bureau", ""))
    assert copied == alone


def test_what_a_list_says_is_true_and_its_silence_says_a_little(
    world: World, debtors: Debtors, portfolio: Portfolio, somebody: int
) -> None:
    quiet = p_works(world, debtors, portfolio, somebody, shown(world, somebody, 3, status=""))
    silent = p_works(world, debtors, portfolio, somebody, shown(world, somebody, 3, status=None))
    assert odds(silent) - odds(quiet) == pytest.approx(np.log(0.65 / 0.75))
    assert p_works(world, debtors, portfolio, somebody, shown(world, somebody, 3, status="active")) == 1
    assert p_works(world, debtors, portfolio, somebody, shown(world, somebody, 3, status="disconnected")) == 0


def test_points_are_settled_as_often_as_stated(demo: DemoFiles) -> None:
    """Of points with a stated chance, that share is right: the truth of points follows the model."""
    files = (demo.truth["uses"], demo.truth["points"])
    text = """select avg(u.p_works), avg(p.right_party::int), count(*) from '{}' u join '{}' p using (account_id, kind, value)
        where channel in ('voice', 'email') group by kind, ntile"""
    ranked = f"(select *, ntile(4) over (partition by kind order by p_works) ntile from '{files[0]}')"
    found = duckdb.sql(text.format(*files).replace(f"'{files[0]}'", ranked)).fetchall()
    assert len(found) == 8
    for stated, share, count in found:
        assert abs(stated - share) < 3.3 * np.sqrt(stated * (1 - stated) / count) + 0.02, (stated, share, count)


def test_a_reaching_attempt_needs_a_point_that_works() -> None:
    p = np.linspace(0, 1, 11)
    for channel in ("voice", "sms", "email"):
        reached = histories.reaching(channel, p)
        assert (np.diff(reached) > 0).all()
        assert reached[0] == 0
        assert reached[-1] < 1


def test_uses_are_once_per_account_channel_and_value(demo: DemoFiles) -> None:
    rows = pq.read_table(demo.truth["uses"]).to_pylist()
    assert len({(row["account_id"], row["channel"], row["value"]) for row in rows}) == len(rows) > 500
    dead = {row["account_id"] for row in pq.read_table(demo.truth["accounts"]).to_pylist() if row["deceased"]}
    assert not dead & {row["account_id"] for row in rows}


def test_settling_again_is_the_same(world: World, debtors: Debtors, portfolio: Portfolio, somebody: int) -> None:
    some = [shown(world, somebody, 2, status="")]
    one, two = (histories.settle(world, portfolio, debtors, some, 3).points.state for _ in range(2))
    assert (one == two).all()
    states = {histories.settle(world, portfolio, debtors, some, seed).points.state[somebody, MOBILE] == RIGHT for seed in range(12)}
    assert states == {True, False}
    assert truth.Sightings(np.array([1])).shown == []
