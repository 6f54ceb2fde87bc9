"""The sentence above each figure: what a person should take from it, in plain words, whatever the numbers are."""

from __future__ import annotations

from decimal import Decimal

from skiptrace.report.figures import count, few, money, share
from skiptrace.report.model import ReportInput


def takeaways(report: ReportInput) -> dict[str, str]:
    """One sentence or two per section: summary, inventory, funnel, statuses, channels, stops, steps, sources, quality, changes,
    about."""
    return {
        "summary": _summary(report), "inventory": _inventory(report), "funnel": _funnel(report), "statuses": _statuses(report),
        "channels": _channels(report), "stops": _stops(report), "steps": _steps(report), "sources": _sources(report),
        "quality": _quality(report), "changes": _changes(report), "about": _about(report),
    }  # fmt: skip


def accounts(number: int | Decimal) -> str:
    """A number of accounts in words: 1 account, 2 accounts."""
    return f"{count(number)} {'account' if number == 1 else 'accounts'}"


def _summary(report: ReportInput) -> str:
    whole = report.summary
    if not whole.accounts:
        return "The portfolio holds no account that could be used."
    owed = f"{money(whole.balance)} owed" if whole.balance is not None else "balance unknown"
    if not whole.open_accounts:
        return f"Of {accounts(whole.accounts)} ({owed}), none has a use that the rules permit today."
    text = (
        f"{count(whole.open_accounts)} of {accounts(whole.accounts)} ({owed}) have at least one use that the rules "
        f"permit today. Working them is expected to reach the consumers of {count(whole.permitted)} of them"
    )
    if whole.permitted_balance is not None:
        text += f", who owe {money(whole.permitted_balance)}"
    return text + "."


def _inventory(report: ReportInput) -> str:
    held = report.inventory.holdings
    number = len(held) + report.inventory.hidden
    text = f"{number} {'portfolio' if number == 1 else 'portfolios'}"
    away, placed = sum(one.accounts - one.open for one in held), sum(one.placed for one in held)
    others = f" {few(placed)} are placed, and in the exports of their holders alone." if placed else ""
    if not away:
        return f"{text}; every account is open.{others}"
    whole = accounts(sum(one.accounts for one in held))
    return f"{text}; {few(away)} of {whole} are closed, recalled or transferred, and in no export.{others}"


def _funnel(report: ReportInput) -> str:
    whole = report.summary
    if not whole.accounts:
        return "Nothing came through the intake."
    linked = next(stage for stage in report.funnel.stages if stage.name == "Linked")
    if not linked.accounts:
        return "No account was linked to a reference record."
    last = report.funnel.stages[-1]
    return (
        f"{share(linked.accounts, whole.accounts)} of the accounts were linked to a reference record; contact that is "
        f"both reachable and permitted remains for {share(last.accounts, whole.accounts)}."
    )


def _statuses(report: ReportInput) -> str:
    whole = report.summary
    if not whole.located:
        return "No account was located."
    moved = next(status for status in report.statuses if status.name == "moved")
    text = f"{share(whole.located, whole.accounts)} of the accounts were located"
    return (
        f"{text}; for {few(moved.accounts)} of them the consumer has probably moved." if moved.accounts else f"{text}."
    )


def _channels(report: ReportInput) -> str:
    if not report.channels:
        return "No contact point was found, so no channel can be used."
    best = max(report.channels, key=lambda figures: figures.expected_open)
    if not best.expected_open:
        return "Points were found, but the rules permit no use of any channel today."
    channel = {"sms": "SMS", "email": "e-mail"}.get(best.channel, best.channel)
    return (
        f"Under the rules {channel} reaches most: {count(best.expected_open)} expected of the "
        f"{accounts(best.accounts)} with a point for it."
    )


def _stops(report: ReportInput) -> str:
    if not report.uses:
        return "No use was judged."
    if not report.stopped_uses:
        return f"No rule stopped any of {count(report.uses)} uses."
    first = report.stops[0] if report.stops else None
    part = share(report.stopped_uses, report.uses)
    text = f"{count(report.stopped_uses)} of {count(report.uses)} uses ({part}) are stopped"
    return (
        f"{text}; the rule that meets most accounts is {first.rule} ({few(first.accounts)})." if first else f"{text}."
    )


def _steps(report: ReportInput) -> str:
    if not report.steps:
        return "No use waits for a step."
    first = report.steps[0]
    return (
        f"{label(first.step)} holds up most: {few(first.accounts)} accounts wait for it. A step is done outside, then "
        "attested in the project file or delivered as a source."
    )


def _sources(report: ReportInput) -> str:
    giving = [source for source in report.sources if source.linked]
    if not giving:
        return "No source linked an account."
    most = max(giving, key=lambda source: (source.linked_alone, source.linked))
    if not most.linked_alone:
        return "Every linked account was linked by more than one source."
    return f"The source {most.name} adds most: {few(most.linked_alone)} accounts were linked by no other source."


def _quality(report: ReportInput) -> str:
    found = sum(group.count for group in report.quality.groups) + report.quality.hidden_rejects
    state = {
        True: "Rows in equal rows out plus rows left out.",
        False: "Rows in do not equal rows out plus rows left out: see the ledger.",
        None: "The ledger does not say how many rows came in.",
    }[report.quality.reconciles]
    if not found:
        return f"{state} Nothing was rejected."
    return f"{state} {count(found)} rows or values were not used; their row numbers are below, never their values."


def _changes(report: ReportInput) -> str:
    total = len(report.changes)
    held = sum(change.held for change in report.changes)
    said = f"{count(total)} {'kind' if total == 1 else 'kinds'} of change since the last published run."
    said += " alerts.csv among the exports names the accounts."
    return said + (f" {count(held)} of them met so many accounts that somebody should look at the deliveries first." if held else "")


def _about(report: ReportInput) -> str:
    if not report.timings:
        return "The ledger holds no timings."
    slowest = max(report.timings, key=lambda timing: timing.seconds)
    return f"The step {slowest.step} took longest."


def label(name: str) -> str:
    """A word of the vocabulary as a heading: sms → SMS, not_found → Not found, email → E-mail."""
    known = {"sms": "SMS", "email": "E-mail", "ssn": "SSN", "dob": "Birth date"}
    words = name.replace("_", " ")
    return known.get(name, words[:1].upper() + words[1:])
