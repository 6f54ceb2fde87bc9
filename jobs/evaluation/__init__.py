"""How good the linkage of a run is, measured against pairs that somebody knows."""

from jobs.evaluation.measures import Evaluation, evaluate
from jobs.evaluation.truth import Truth, read_truth

__all__ = ["Evaluation", "Truth", "evaluate", "read_truth"]
