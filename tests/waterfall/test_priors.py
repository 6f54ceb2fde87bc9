from __future__ import annotations

from pathlib import Path

import pytest

from skiptrace.errors import ConfigError
from skiptrace.plugins import rules_root
from skiptrace.schema.waterfall import STOP_REASONS
from skiptrace.waterfall.priors import load, sentences

SHIPPED = rules_root() / "waterfall" / "priors.toml"


def test_the_shipped_priors_are_whole_and_say_where_they_are_from() -> None:
    priors = load()
    assert all(priors.effects[kind].shape == (15,) for kind in ("hit", "lift"))
    assert (priors.effect_sd > 0).all()
    assert (priors.between_sd > 0).all()
    assert priors.again["hit"] < 0  # who asks the same source again finds less


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("sd = 1.0", "sdd = 1.0", "must have provenance"),
        ('provenance = "Judgement."', "", "must have provenance"),
        ("days = [90, 365, 1096]", "days = [90, 30, 1096]", "rising"),
        ("hit = [-0.7, -0.2, -0.3, 0.0, 0.0]", "hit = [-0.7]", "5 numbers"),
    ],
)
def test_a_damaged_file_is_refused_with_its_key(tmp_path: Path, before: str, after: str, said: str) -> None:
    path = tmp_path / "priors.toml"
    text = SHIPPED.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load(path)
    assert said in str(caught.value.problems[0])


def test_every_stop_reason_has_its_sentence() -> None:
    assert tuple(sentences()) == STOP_REASONS
    assert all(sentence.endswith(".") for sentence in sentences().values())
