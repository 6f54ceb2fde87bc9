"""Why an account came out as it did: every link, contact point, score and decision of one account, in words."""

from jobs.explain.account import explain
from jobs.explain.model import Explanation

__all__ = ["Explanation", "explain"]
