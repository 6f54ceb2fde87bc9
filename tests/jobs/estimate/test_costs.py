from __future__ import annotations

from pathlib import Path

import pytest

from jobs.estimate.costs import Cost, Job, learned, load
from skiptrace.errors import ConfigError
from skiptrace.plugins import rules_root
from skiptrace.vocabulary import STEPS

SCREEN = Cost("screen", "screen", "use", 0.001, 0.5, 100, 0.0, "screen")


def test_a_short_task_costs_as_much_less() -> None:
    assert SCREEN.of(50) == pytest.approx(0.05 + 0.25)
    assert SCREEN.of(1000, 2.0) == pytest.approx(2 * (1 + 0.5))
    assert SCREEN.of(0) == 0


def test_the_shipped_costs_know_every_step_but_publishing() -> None:
    assert {cost.step for cost in load().kinds} == set(STEPS[:-1])


def test_what_runs_took_corrects_the_shipped_figures_newest_first() -> None:
    jobs = [Job(SCREEN, (1000.0, 1000.0))]
    newest = {"run_id": "b", "timings": {"screen": {"tasks": {"screen": 6.0}}}}
    older = {"run_id": "a", "timings": {"screen": {"tasks": {"screen": 30.0}}}}
    found = learned(load(), [(newest, jobs), (older, jobs)])
    assert found.factors == {"screen": pytest.approx(2.0)}
    assert found.factor(SCREEN, 7.0) == pytest.approx(2.0)
    assert found.origin == "b"


def test_what_took_next_to_nothing_teaches_nothing() -> None:
    told = {"run_id": "b", "timings": {"screen": {"tasks": {"screen": 0.01, "unheard_of": 9.0}}}}
    assert learned(load(), [(told, [Job(SCREEN, (1000.0,))])]) is load()
    assert load().factor(SCREEN, 1.5) == 1.5


def test_every_problem_of_the_file_is_told(tmp_path: Path) -> None:
    text = (rules_root() / "planning" / "costs.toml").read_text()
    wrong = text.replace('step = "score"', 'step = "guess"').replace('unit = "row"', 'unit = "mile"')
    (tmp_path / "costs.toml").write_text(wrong)
    with pytest.raises(ConfigError) as error:
        load(tmp_path)
    assert [problem.what for problem in error.value.problems] == ["names no unit", "names no step"]
