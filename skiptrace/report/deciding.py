"""Sentences about what people decide by: what a source is worth, whom to contact first, where, and how sure and how fresh all that is."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from skiptrace.report.ages import Age
from skiptrace.report.calibration import Calibrated
from skiptrace.report.drift import Drift
from skiptrace.report.figures import count, day, few, is_small, share
from skiptrace.report.gain import LEAST, Gain
from skiptrace.report.model import ReportInput
from skiptrace.report.states import State
from skiptrace.report.worth import Worth

MOVED: Final = Decimal("0.1")
"""A stability index from which a distribution is said to have moved."""
FRESH: Final = 3
"""Bands of age that are within a year."""
CHANNEL: Final = {"sms": "SMS", "email": "e‑mail"}
NAMES: Final = {"address": "addresses", "phone": "phones", "email": "e‑mails"}


def deciding(report: ReportInput) -> dict[str, str]:
    """The sentences of the sections worth, gain, states, ages and drift, and the notes below them and below the channels."""
    return {
        "worth": _worth(report.worth), "worth_note": _worth_note(report.worth), "gain": _gain(report.gain),
        "states": _states(report.states), "ages": _ages(report.ages), "drift": _drift(report.drift),
        "calibration": _calibration(report.attempts, report.calibration),
    }  # fmt: skip


def _worth(worth: Worth) -> str:
    if not worth.games:
        return "No use was scored, so nothing tells what a source is worth."
    first = worth.games[0]
    told = [one for one in first.credits if not is_small(one.accounts)]
    if not told:
        return "No source gives a noticeable number of accounts a better chance than what the portfolio itself shows."
    best = told[0]
    text = (
        f"Of {count(first.whole.reached)} accounts expected to be reached by their best use, {count(first.own.reached)} are so by what "
        f"the portfolio itself shows. The source {best.source} adds most: {count(best.fair.reached)} as its fair part"
    )
    return f"{text}; without it {count(best.last.reached)} would be lost." if not is_small(best.only) else f"{text}."


def _worth_note(worth: Worth) -> str:
    text = (
        "Each account counts with its best chance over its points, before the contact rules. The fair part (Shapley value) is what a "
        "source adds on average over all orders in which sources could be bought; parts and the portfolio add up to all exactly. A "
        "chance stays as it is when a source is taken away: that another source also confirms a point is not counted. Intervals are those "
        "of 95%, from leaving out each twentieth of the consumers in turn: how much another portfolio of the same kind would differ."
    )
    if worth.costs:
        text += " A source with a price costs that for each account it links, in the balance’s currency."
    return text


def _gain(gain: Gain) -> str:
    if not gain.tenths:
        return f"Expected gain is told from {LEAST} accounts on, where some are expected to be reached."
    second = gain.tenths[1]
    text = f"The best 20% of the accounts by chance hold {share(second.by_chance, 1)} of the contacts that are expected in all"
    if gain.valued:
        text += f"; the best 20% by expected value hold {share(second.by_value_balance, 1)} of the expected balance"
    return f"{text}. Expected, not observed."


def _states(states: tuple[State, ...]) -> str:
    told = [one for one in states if one.state is not None and not is_small(one.accounts)]
    if not told:
        return "No state has enough accounts to be told apart."
    most = max(told, key=lambda one: (one.reached, one.accounts))
    least = min(told, key=lambda one: (one.part, -one.accounts))
    text = f"Most permitted contact is expected in {most.state}: {count(most.reached)} of {few(most.accounts)} accounts"
    if least.state == most.state:
        return f"{text}."
    return f"{text}; the smallest part is in {least.state}, with {share(least.reached, least.accounts)}."


def _ages(ages: tuple[Age, ...]) -> str:
    if not ages:
        return "There is no contact point."
    told = [
        f"{share(sum(age.points[:FRESH]), age.whole)} of the {NAMES.get(age.kind, age.kind)}" for age in ages
    ]  # fmt: skip
    return f"{_listed(told)} were seen within the last year."


def _drift(drift: Drift | None) -> str:
    if drift is None:
        return "There is no earlier run to compare with."
    moved = [one.name for one in drift.shares if one.index is not None and one.index >= MOVED]
    text = f"Compared with the run of {day(drift.day)}, published before this one: "
    if moved:
        verb = "lies" if len(moved) == 1 else "lie"
        return f"{text}{_listed([name[:1].lower() + name[1:] for name in moved])} {verb} elsewhere by more than chance explains."
    return f"{text}no distribution of chances has moved by more than {MOVED}."


def _calibration(attempts: int | None, judged: tuple[Calibrated, ...]) -> str:
    most = max(judged, key=lambda one: one.attempts, default=None)
    if most is not None and is_small(most.attempts):
        return "Too few attempts were kept apart from learning to tell how well chances are calibrated."
    if most is not None:
        return (
            "On attempts that nothing was learned from, chances can be judged: by "
            f"{CHANNEL.get(most.channel, most.channel)}, {share(most.reached, most.attempts)} of {few(most.attempts)} reached the person, "
            f"where {share(most.stated, most.attempts)} were expected to."
        )
    if attempts is None:
        return "The run does not say whether outcomes of past attempts were known, so nothing tells how well chances are calibrated."
    if not attempts:
        return "No outcome of a past attempt is known, so nothing tells how well chances are calibrated: they are expected, not observed."
    return (
        f"{count(attempts)} outcomes of past attempts are known, and each has already moved the chance of its point, so these chances "
        "cannot be judged by them. How chances stated before held up is told by skiptrace model train-reach."
    )


def _listed(texts: list[str]) -> str:
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} and {texts[-1]}"
