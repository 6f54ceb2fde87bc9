"""One sample project and one world, made once for all tests of the generator."""

import datetime as dt
from pathlib import Path

import numpy as np
import pytest

from jobs.demo import nights, tape, words
from jobs.demo.nights import Truth
from jobs.demo.points import endow
from jobs.demo.population import populate
from jobs.demo.project import DemoFiles, make
from jobs.demo.records import World
from jobs.demo.tape import Debtors, Portfolio

ACCOUNTS, SEED, NIGHTS = 1500, 7, 40


@pytest.fixture(scope="package")
def world() -> World:
    known = words.load()
    as_of = np.datetime64("2026-06-30", "D")
    people = populate(known, 6300, as_of, words.stream(SEED, "population"))
    return World(known, people, endow(known, people, ACCOUNTS, words.stream(SEED, "points")))


@pytest.fixture(scope="package")
def debtors(world: World) -> Debtors:
    return tape.choose_debtors(world, ACCOUNTS, SEED)


@pytest.fixture(scope="package")
def portfolio(world: World, debtors: Debtors) -> Portfolio:
    return tape.write(world, debtors, SEED)


@pytest.fixture(scope="package")
def demo(tmp_path_factory: pytest.TempPathFactory) -> DemoFiles:
    return make(tmp_path_factory.mktemp("demo") / "project", ACCOUNTS, SEED, dt.date(2026, 6, 30), 3)


@pytest.fixture(scope="package")
def folder(demo: DemoFiles) -> Path:
    return demo.folder


@pytest.fixture(scope="package")
def lived(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Truth]]:
    """A project after forty nights in which much happened."""
    folder = tmp_path_factory.mktemp("nights") / "project"
    world = nights.World.start(folder, seed=5, accounts=200, pace=8.0)
    return folder, [world.advance() for _ in range(NIGHTS)]
