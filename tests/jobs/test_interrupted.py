from __future__ import annotations

import re
from pathlib import Path

import pytest

from jobs.interrupted import Interrupted, interrupted, meant, write_page
from skiptrace.errors import ConfigError
from skiptrace.results import Run
from tests.jobs.projects import copy_of, run_project
from tests.jobs.tiny import make_tiny
from tests.report.test_render import Outline


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny project with a run that stopped after its links."""
    folder = make_tiny(tmp_path_factory.mktemp("begun") / "project")
    run_project(folder, to_step="link")
    return folder


def test_how_far_it_came_is_told_by_step(begun: Path) -> None:
    (run,) = interrupted(begun)
    assert (run.name, run.as_of.isoformat(), run.reached) == ("tiny", "2026-06-30", "enrich")
    assert {one.step: (one.done, one.of) for one in run.steps} == {
        "intake": (2, 2), "index": (1, None), "link": (2, 2), "enrich": (0, 2), "score": (0, 2), "screen": (0, 2), "settle": (0, 2),
    }  # fmt: skip


def test_the_page_says_so_at_the_top_and_gives_no_figures(begun: Path) -> None:
    (run,) = interrupted(begun)
    file = write_page(run)
    page = file.read_text()
    assert Outline(page).open == []
    text = re.sub(r"<[^>]+>", " ", page)
    assert "This run was interrupted in the step enrich: nothing of it was published." in text
    assert text.index("was interrupted") < text.index("How far it came")
    assert "Quimby" not in page
    assert write_page(run).read_text() == page
    assert file.stat().st_mode & 0o077 == 0


def test_an_id_means_a_published_run_or_one_that_was_begun(begun: Path, tiny_night: Path, tmp_path: Path) -> None:
    (run,) = interrupted(begun)
    for name in ("latest", run.run_id):
        found = meant(begun, begun, name)
        assert isinstance(found, Interrupted)
        assert found.run_id == run.run_id
    with pytest.raises(ConfigError, match="no such run") as error:
        meant(begun, begun, "20260101-abc")
    assert run.run_id in str(error.value)
    whole = copy_of(tiny_night, tmp_path / "whole")
    assert interrupted(whole) == ()
    assert isinstance(meant(whole, whole, "latest"), Run)
    with pytest.raises(ConfigError, match="no such run"):
        meant(whole, whole, "20260101-abc")


def test_going_on_takes_the_page_away_with_the_work(begun: Path, tmp_path: Path) -> None:
    folder = copy_of(begun, tmp_path / "project")
    (run,) = interrupted(folder)
    page = write_page(run)
    assert run_project(folder).run_id == run.run_id
    assert not Path(str(page)).exists()
    assert interrupted(folder) == ()
