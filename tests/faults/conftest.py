"""One place where runs are killed, and what a run without faults leaves there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from skiptrace.project import home_of
from skiptrace.store.objects import ObjectPath
from tests.faults import crash_points
from tests.faults.crash_points import Faultless, faultless
from tests.faults.replay import replayed
from tests.jobs.tiny import make_tiny


@dataclass(frozen=True)
class Stage:
    """One place for projects whose rooms were computed once, and what a run without faults leaves there."""

    project: Path
    expected: Faultless

    def make(self, store: ObjectPath | None = None) -> Path:
        """The project anew, never run."""
        crash_points.clear(self.project)
        make_tiny(self.project)
        if store is not None:
            with (self.project / "skiptrace.toml").open("a") as file:
                file.write(f'store = "{store}"\n')
        return self.project


@pytest.fixture(scope="session")
def computed(tmp_path_factory: pytest.TempPathFactory, own_settings: Path, private_session: None) -> Stage:
    """The stage, its rooms computed: whoever replays on it computes nothing."""
    project = tmp_path_factory.mktemp("stage") / "project"
    with replayed(lambda: home_of(project)):
        first = faultless(make_tiny(project))
        crash_points.clear(project)
        expected = faultless(make_tiny(project))
    assert expected.content == first.content
    return Stage(project, expected)


@pytest.fixture
def stage(computed: Stage) -> Iterator[Stage]:
    """The stage, whose runs are replayed."""
    with replayed(lambda: home_of(computed.project)):
        yield computed
