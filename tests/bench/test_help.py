from __future__ import annotations

import pytest

from tests.bench import help as bench


def test_a_call_is_measured_and_one_that_fails_is_told() -> None:
    assert 0 < bench.cpu([]) < 30
    with pytest.raises(SystemExit, match="nothing ended with 2"):
        bench.cpu(["nothing"])


def test_every_command_has_a_figure(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(bench, "cpu", lambda words: 0.1 * len(words))
    figures = {figure.name: figure for figure in bench.main()}
    assert {"skiptrace", "run", "model_train-match"} <= set(figures)
    assert figures["rules_show"].value == 0.2
    assert figures["rules_show"].holds is True
    assert capsys.readouterr().out.splitlines()[-1].startswith('{"bench": "help"')
