"""The state of an account in the inventory, in words: open, closed, recalled or transferred, since when and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from jobs.explain.model import State

_WORDS: Final = {
    "open": "worked again",
    "closed": "closed by its owner: it is not contacted on any channel",
    "recalled": "recalled by its seller: it is not contacted, and it lends the person's other accounts nothing",
    "transferred": "transferred to somebody else: it is not contacted, and it lends the person's other accounts nothing",
}
MEND: Final = "If the account is to be worked again, deliver an account event `reopened` with a later day, and run again."


def state(account: Mapping[str, Any], masked: bool) -> State | None:
    """What was told of the account; None where nothing was, or where the run is of a version that knew no states. The reason is text
    that somebody wrote, and may name people: where `masked`, it is only said that there is one."""
    since = account.get("account_state_since")
    if since is None:
        return None
    word, reason = account["account_state"], account["account_state_reason"]
    if reason is not None and masked:
        reason = "given, masked"
    told = f"{_WORDS[word]}; since {since}" + (f"; reason: {reason}" if reason else "")
    return State(word, since, reason, told)
