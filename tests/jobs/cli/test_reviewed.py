from __future__ import annotations

import pytest

from jobs.cli.reviewed import show_gauge, show_left
from jobs.review.gauge import Band, Gauge, Measure

Out = pytest.CaptureFixture[str]
BAND = Band(0.5, 0.8, False, 120, 3, 4, 1, 0.61, 0.44, 0.2, 0.7)


def made(precision: Measure | None, recall: Measure | None, answers: int = 8, enough: bool = False, elsewhere: int = 0) -> Gauge:
    bands = (BAND, Band(0.8, 0.95, True, 40, 0, 0, 0, 0.9, None, 0.0, 1.0))
    return Gauge("20260630-a", answers, 1, elsewhere, bands, precision, recall, enough)


def test_bands_are_told_with_what_was_stated_and_answered(capsys: Out) -> None:
    show_gauge(made(Measure(0.97, 0.9, 0.99, 60, 300), None, elsewhere=5))
    lines = capsys.readouterr().out.splitlines()
    assert lines[2].split() == ["0.5", "to", "0.8", "no", "120", "3", "4", "1", "0.6100", "0.4400", "0.2000", "to", "0.7000"]
    assert "–" in lines[3]
    assert "5 answers are about pairs that this run has not written, and are left out" in lines
    assert lines[-1] == (
        "precision of the links, by 8 answers: 0.970 (0.900 to 0.990); 60 answers more halve it, 300 bring it to two points"
    )


def test_it_says_when_it_is_enough_and_what_cannot_be_reached(capsys: Out) -> None:
    show_left(made(Measure(0.97, 0.96, 0.98, 60, 0), Measure(0.9, 0.89, 0.91, 3, 0), enough=True))
    told = capsys.readouterr().out
    assert told.count("known to two points") == 3
    show_left(made(None, Measure(0.9, 0.5, 0.95, None, None)))
    assert "cannot be halved, two points are out of reach" in capsys.readouterr().out
    show_left(made(None, None, answers=0))
    assert capsys.readouterr().out == "no answer tells anything yet of this run\n"
