"""Each use of a contact point: its score with reasons that add up, the rules that acted, what would change it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Final

from jobs.explain.changing import Outlook
from jobs.explain.model import Decision, Fact, Hours, Reason, RuleWords, StepWords, Use
from jobs.explain.words import listed
from skiptrace.compliance.screening import sentences
from skiptrace.compliance.situations import TIMED
from skiptrace.rulebook.hours import zone
from skiptrace.rulebook.model import Rulebook

Acted = Mapping[str, tuple[bool, tuple[Fact, ...]]]
"""By rule that acted: whether it did because a fact is not known, and the facts that it saw."""
_NOTHING: Final[Acted] = {}

def use(
    channel: Mapping[str, Any],
    decision: Mapping[str, Any] | None,
    holds: Sequence[str],
    zones: Sequence[str],
    rulebook: Rulebook,
    acted: Acted = _NOTHING,
    outlook: Outlook | None = None,
) -> Use:
    """One row of CHANNELS with its row of DECISIONS. `holds`: rules that stop the account; `zones`: of the point; `acted`: what the
    rules that acted saw; `outlook`: what would change the decision, None where the run kept no facts to ask."""
    reasons = tuple(Reason(reason["code"], reason["text"], float(reason["points"])) for reason in channel["reasons"])
    return Use(
        channel["channel"],
        channel["rank"],
        channel["p_reach"],
        channel["p_reach_low"],
        channel["p_reach_high"],
        channel["grade"],
        sum(reason.points for reason in reasons),
        reasons,
        None if decision is None else _decision(decision, holds, zones, rulebook, acted, outlook),
    )


def rule_words(ids: Sequence[str], rulebook: Rulebook, acted: Acted = _NOTHING) -> tuple[RuleWords, ...]:
    """Sentences and citations of rules, and what each saw where `acted` says so; a rule that the rulebook no longer has is named all the
    same."""
    known = {
        identifier: RuleWords(identifier, sentence, citation, *acted.get(identifier, (False, ())))
        for identifier, sentence, citation in sentences(rulebook, ids)
    }
    gone = "This rule is no longer in the rulebook."
    return tuple(known.get(identifier, RuleWords(identifier, gone, "")) for identifier in ids)


def step_words(names: Sequence[str], rulebook: Rulebook) -> tuple[StepWords, ...]:
    """Sentences of steps."""
    return tuple(StepWords(name, rulebook.steps[name].sentence if name in rulebook.steps else "") for name in names)


def _decision(
    row: Mapping[str, Any], holds: Sequence[str], zones: Sequence[str], rulebook: Rulebook, acted: Acted, outlook: Outlook | None
) -> Decision:  # fmt: skip
    final = [
        identifier
        for identifier in row["stopped_by"]
        if identifier in holds or not _waits(identifier, row["steps_required"], rulebook)
    ]
    start, end = row["window_start"], row["window_end"]
    return Decision(
        row["decision"],
        rule_words(row["stopped_by"], rulebook, acted),
        rule_words(row["conditions"], rulebook, acted),
        step_words(row["steps_required"], rulebook),
        row["decision"] == "stopped" and not final,
        _remedy(row, final) if outlook is None or row["decision"] != "stopped" else _outlook(row["channel"], outlook),
        start,
        end,
        _window(row["channel"], start, end),
        _local(start, end, zones),
        row["valid_until"],
        *((outlook.ways, outlook.stuck, outlook.ends, rule_words(outlook.ended_by, rulebook)) if outlook is not None else ()),
    )


def _outlook(channel: str, outlook: Outlook) -> str:
    """What would open a stopped use, in a sentence: the easiest way that was tried and found to."""
    if outlook.ways:
        return outlook.ways[0].sentence
    if outlook.stuck:
        stop = "stops it" if len(outlook.stuck) == 1 else "stop it"
        return f"{listed(list(outlook.stuck))} {stop} whatever is done: nothing that was tried would permit {channel}."
    return f"No few things together were found that would permit {channel}."


def _waits(identifier: str, steps: Sequence[str], rulebook: Rulebook) -> bool:
    """Whether a rule stops the use only because a step of its own is not done."""
    rule = rulebook.rule(identifier)
    return rule is not None and any(rule.step_of(truth) in steps for truth in (True, None))


def _remedy(row: Mapping[str, Any], final: Sequence[str]) -> str:
    """What would change the decision, in a sentence."""
    channel, steps = row["channel"], list(row["steps_required"])
    if row["decision"] == "permitted":
        return ""
    if row["decision"] == "conditional":
        return f"{channel} may be used as long as the duties are kept."
    if not final:
        does = "is" if len(steps) == 1 else "are"
        return f"Only open steps stop it: once {listed(steps)} {does} done and finds nothing, {channel} is permitted."
    stays = f"{listed(list(final))} {'stops' if len(final) == 1 else 'stop'} it"
    return (
        f"{stays} even when {listed(steps)} {'is' if len(steps) == 1 else 'are'} done."
        if steps
        else f"{stays}; no open step would lift that."
    )


def _window(channel: str, start: dt.datetime | None, end: dt.datetime | None) -> str:
    if start is not None and end is not None:
        return f"{start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} UTC"
    return "no hour of the day is known to be allowed" if channel in TIMED else "no hours apply to this channel"


def _local(start: dt.datetime | None, end: dt.datetime | None, zones: Sequence[str]) -> tuple[Hours, ...]:
    """The window on the clocks of the point's zones."""
    if start is None or end is None:
        return ()
    out = []
    for name in zones:
        place = zone(name)
        if place is not None:
            opens, closes = start.astimezone(place), end.astimezone(place)
            later = "" if opens.date() == closes.date() else " of the next day"
            out.append(Hours(name, f"{opens:%H:%M}–{closes:%H:%M}{later}"))
    return tuple(out)
