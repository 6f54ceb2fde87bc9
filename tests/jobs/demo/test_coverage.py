import numpy as np

from jobs.demo import coverage
from jobs.demo.records import World
from jobs.demo.tape import Debtors


def test_debtors_are_absent_as_often_as_stated_and_outnumbered(world: World, debtors: Debtors) -> None:
    plans = coverage.plans(world, debtors.people(), 7)
    assert tuple(plans) == coverage.NAMES
    known = np.unique(np.concatenate([plan.person for plan in plans.values()]))
    absent = ~np.isin(debtors.people(), known)
    assert 0.25 <= absent.mean() <= 0.30
    assert (~np.isin(known, debtors.people())).sum() >= 3 * len(debtors.people())
    assert np.isin(known, world.people.adults()).all()


def test_records_end_by_as_of_and_begin_before_they_end(world: World, debtors: Debtors) -> None:
    for plan in coverage.plans(world, debtors.people(), 7).values():
        dated = ~np.isnat(plan.day)
        assert (plan.day[dated] < world.people.as_of).all()
        assert (plan.since <= np.where(dated, plan.day, plan.since)).all()
        assert (plan.since < world.people.as_of).all()


def test_few_records_of_the_dead_follow_the_death(world: World, debtors: Debtors) -> None:
    for plan in coverage.plans(world, debtors.people(), 7).values():
        died = world.people.died[plan.person]
        dead = ~np.isnat(died) & ~np.isnat(plan.day)
        assert (plan.day[dead] > died[dead]).mean() < 0.15


def test_the_header_keeps_earlier_addresses_and_the_roll_votes_in_november(world: World, debtors: Debtors) -> None:
    plans = coverage.plans(world, debtors.people(), 7)
    header, voter = plans[coverage.HEADER], plans[coverage.VOTER]
    assert set(header.slot.tolist()) == {0, 1, 2}
    voted = voter.day[~np.isnat(voter.day)]
    months = voted.astype("datetime64[M]").astype(np.int64) % 12
    years = voted.astype("datetime64[Y]").astype(np.int64) + 1970
    assert (months == 10).all()
    assert (years % 2 == 0).all()
    assert (voted > voter.since[~np.isnat(voter.day)]).all()


def test_plans_are_cut_into_batches() -> None:
    n = coverage.BATCH + 7
    day = np.full(n, np.datetime64("2026-01-01", "D"))
    plan = coverage.Plan(np.arange(n), np.zeros(n, np.int64), day, day)
    assert [len(plan.part(start).person) for start in range(0, n, coverage.BATCH)] == [coverage.BATCH, 7]
    assert plan.part(coverage.BATCH).person[0] == coverage.BATCH
