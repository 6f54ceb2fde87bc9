"""What is taken of sources before anything was measured (`rules/waterfall/priors.toml`), and the words of stop reasons."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skiptrace.errors import ConfigError, Problem
from skiptrace.plugins import rules_root
from skiptrace.schema.waterfall import MISSING, STOP_REASONS

_KEYS = {
    "hit": ("mean", "sd"), "lift": ("mean", "sd"), "again": ("hit", "lift", "sd"), "missing": ("hit", "lift", "sd", "between"),
    "age": ("days", "hit", "lift", "sd", "between"), "evidence": ("days", "hit", "lift", "sd", "between"),
    "after": ("hit_hit", "hit_none", "lift_hit", "lift_none", "sd"), "score": ("sd", "weight", "interaction"),
    "portfolio": ("hit_sd", "lift_sd"), "outcomes": ("known",),
}  # fmt: skip
BANDS = 5


@dataclass(frozen=True)
class Priors:
    """Normal priors on the logit scale of two chances: `hit`, and `lift`, a right-party contact given a hit.

    `level`: (mean, sd) of a source. `effects`: means of what an account lacks, of the age of the debt and of the last evidence, float64
    [15], with the sd of what all sources have in common (`effect_sd`) and of how far one differs (`between_sd`). `interaction`: sd of two
    missing fields beyond the sum of both. `again`, `after`: means where the same, or another, source was asked (knew the consumer, did
    not), with the sd. `portfolio`: sd of a portfolio as a whole. `score_sd`, `score_weight`: how far a change of p_any may be off, and
    what it counts against an outcome. `known`: share of hits whose points are tried by the next stage."""

    level: dict[str, tuple[float, float]]
    effects: dict[str, NDArray[np.float64]]
    effect_sd: NDArray[np.float64]
    between_sd: NDArray[np.float64]
    interaction: float
    again: dict[str, float]
    again_sd: float
    after: dict[str, tuple[float, float]]
    after_sd: float
    portfolio: dict[str, float]
    score_sd: float
    score_weight: float
    known: float
    age_days: tuple[int, ...]
    evidence_days: tuple[int, ...]


@cache
def load(path: Path | None = None) -> Priors:
    """The shipped priors, or those of a file. Raises ConfigError naming a key that is missing, unknown or of the wrong length."""
    path = path or rules_root() / "waterfall" / "priors.toml"
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    for part, keys in _KEYS.items():
        given = set(content.get(part, {})) - {"provenance"}
        if given != set(keys) or not content[part].get("provenance"):
            raise _wrong(path, part, f"must have provenance and {', '.join(keys)}")
    parts = ("missing", "age", "evidence")
    lengths = {"missing": len(MISSING), "age": BANDS, "evidence": BANDS}
    for part in parts:
        for key in ("hit", "lift"):
            if len(content[part][key]) != lengths[part]:
                raise _wrong(path, f"{part}.{key}", f"must have {lengths[part]} numbers")
    for part in ("age", "evidence"):
        days = content[part]["days"]
        if len(days) != BANDS - 2 or days != sorted(set(days)):
            raise _wrong(path, f"{part}.days", f"must be {BANDS - 2} rising numbers of days")

    def spread(key: str) -> NDArray[np.float64]:
        return np.repeat([float(content[part][key]) for part in parts], [lengths[part] for part in parts])

    after = content["after"]
    return Priors(
        level={key: (float(content[key]["mean"]), float(content[key]["sd"])) for key in ("hit", "lift")},
        effects={key: np.concatenate([np.asarray(content[part][key], float) for part in parts]) for key in ("hit", "lift")},
        effect_sd=spread("sd"), between_sd=spread("between"), interaction=float(content["score"]["interaction"]),
        again={key: float(content["again"][key]) for key in ("hit", "lift")}, again_sd=float(content["again"]["sd"]),
        after={key: (float(after[f"{key}_hit"]), float(after[f"{key}_none"])) for key in ("hit", "lift")}, after_sd=float(after["sd"]),
        portfolio={key: float(content["portfolio"][f"{key}_sd"]) for key in ("hit", "lift")},
        score_sd=float(content["score"]["sd"]), score_weight=float(content["score"]["weight"]), known=float(content["outcomes"]["known"]),
        age_days=tuple(content["age"]["days"]), evidence_days=tuple(content["evidence"]["days"]),
    )  # fmt: skip


@cache
def sentences() -> dict[str, str]:
    """The sentence of each stop reason. Raises ConfigError where the file and the reasons differ."""
    path = rules_root() / "waterfall" / "stops.toml"
    content: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    if tuple(content) != STOP_REASONS:
        raise _wrong(path, "reasons", f"must be {', '.join(STOP_REASONS)}, in this order")
    return {name: str(part["sentence"]) for name, part in content.items()}


def _wrong(path: Path, key: str, what: str) -> ConfigError:
    return ConfigError("the rules of the waterfall cannot be read", (Problem(path.name, key, what, "reinstall, or mend the file"),))
