"""The contact rules checked: every case run through the engine that screens, gaps named, the book printed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from skiptrace.rulebook.engine import case_effects, missing_topics
from skiptrace.rulebook.loading import load
from skiptrace.rulebook.model import EVIDENCE, Rule, Rulebook


@dataclass(frozen=True)
class CaseResult:
    """One case of one rule: what the file expects and what the engine finds."""

    rule: str
    path: str
    case: str
    expected: str
    found: str

    @property
    def passed(self) -> bool:
        """Whether both agree."""
        return self.expected == self.found


@dataclass(frozen=True)
class RuleReport:
    """The result of running all cases. `rulebook` is the content hash that was tested."""

    rulebook: str
    rules: int
    results: tuple[CaseResult, ...]

    @property
    def failed(self) -> tuple[CaseResult, ...]:
        """Cases on which file and engine disagree."""
        return tuple(result for result in self.results if not result.passed)

    @property
    def passed(self) -> bool:
        """Whether every case passed."""
        return not self.failed


def test_rules(rulebook: Rulebook | None = None) -> RuleReport:  # noqa: PT028 (no test: what `rules test` runs)
    """Run every case of every rule, in force or not. Raises ConfigError when the files cannot be loaded."""
    rulebook = rulebook or load()
    results = tuple(
        CaseResult(rule.id, rule.path, case.name, case.expect, found)
        for rule, case, found in case_effects(rulebook.rules)
    )
    return RuleReport(rulebook.hash, len(rulebook.rules), results)


def list_rules(rulebook: Rulebook | None = None, as_of: dt.date | None = None) -> list[dict[str, object]]:
    """One mapping per rule, sorted by id, for printing; rules in force on `as_of` only, where it is given."""
    rulebook = rulebook or load()
    rules = rulebook.rules if as_of is None else rulebook.in_force(as_of)
    return [
        {
            "id": rule.id,
            "version": rule.version,
            "topic": rule.topic,
            "jurisdiction": rule.jurisdiction,
            "channels": list(rule.channels),
            "grain": rule.grain,
            "effect": rule.effect,
            "on_missing": rule.on_missing,
            "step": rule.step,
            "missing_step": rule.missing_step,
            "sentence": rule.sentence,
            "citations": list(rule.citations),
            "effective_from": rule.effective_from,
            "effective_to": rule.effective_to,
            "evidence": rule.evidence,
            "certainty": rule.certainty,
            "review_required": rule.review_required,
            "last_checked": rule.last_checked,
        }
        for rule in rules
    ]


def coverage_gaps(rulebook: Rulebook, as_of: dt.date) -> list[tuple[str, str, tuple[str, ...]]]:
    """(jurisdiction, channel, topics without a rule in force), sorted: where COVERAGE stops a channel on a day."""
    gaps = []
    for requirement in rulebook.requirements:
        for channel in requirement.channels:
            topics = missing_topics(rulebook, requirement, channel, as_of)
            if topics:
                gaps.append((requirement.jurisdiction, channel, tuple(topics)))
    return sorted(gaps)


def outdated(rulebook: Rulebook, as_of: dt.date, days: int = 365) -> list[str]:
    """Ids of rules whose sources were last read more than `days` days before `as_of`: a warning, not an error."""
    return [rule.id for rule in rulebook.rules if (as_of - rule.last_checked).days > days]


def markdown_table(rulebook: Rulebook | None = None) -> str:
    """The whole rulebook as one Markdown page that a lawyer can print. The same files give the same bytes."""
    rulebook = rulebook or load()
    reviewed = sum(rule.review_required for rule in rulebook.rules)
    cases = sum(len(rule.cases) + len(rule.moments) for rule in rulebook.rules)
    lines = [
        "# Contact rules",
        "",
        f"{len(rulebook.rules)} rules with {cases} boundary cases; {reviewed} of them wait for review.",
        "Generated from the rule files of this folder by `make rules-table`; a test compares both.",
        "**Not legal advice.** Every rule needs sign-off by counsel before anyone calls it compliant; those marked",
        "*review* more so.",
        "",
        "A use of a contact point is stopped when any rule stops it or asks for a step that is not done; an unknown",
        "fact does what the column *not known* says. Rules never permit.",
        "A rule marked P is a policy of this product, not law.",
        "",
        "Evidence: "
        + "; ".join(f"{mark} {words}" for mark, words in EVIDENCE.items())
        + ". Certainty: H high, M medium, L low.",
        "",
        *_rules(rulebook),
        "## Steps",
        "",
        "| step | what to do | settles, where nobody reported | valid for |",
        "|---|---|---|---|",
    ]
    for step in rulebook.steps.values():
        settled = ", ".join(f"`{fact}` = {_plain(value)}" for fact, value in sorted(step.settles.items())) or "nothing"
        valid = f"{step.max_age_days} days" if step.max_age_days else "no limit"
        lines.append(f"| `{step.name}` | {step.sentence} | {settled} | {valid} |")
    lines += ["", "## Topics that must be covered", "", "| jurisdiction | channels | topics |", "|---|---|---|"]
    for row in rulebook.requirements:
        lines.append(f"| {row.jurisdiction} | {', '.join(row.channels)} | {', '.join(row.topics)} |")
    lines += ["", "## Limitation periods", "", "| state | years | statute | certainty | note |", "|---|---|---|---|---|"]
    for period in rulebook.limitation.values():
        years = str(period.shorter) if period.shorter == period.longer else f"{period.shorter} or {period.longer}"
        lines.append(f"| {period.state} | {years} | {_cell(period.statute)} | {period.certainty} | {_cell(period.note)} |")
    lines += ["", "## What data of some sources may serve", ""]
    lines += ["| data | channels | what it says | citation | evidence |", "|---|---|---|---|---|"]
    for words, limits in (("purpose", rulebook.purpose_limits), ("kind", rulebook.kind_limits)):
        for limit in limits.values():
            evidence = f"{limit.evidence}/{limit.certainty}, checked {limit.last_checked}"
            told = (f"{words} `{limit.name}`", ", ".join(limit.channels), limit.sentence, "; ".join(limit.citations), evidence)
            lines.append("| " + " | ".join(_cell(cell) for cell in told) + " |")
    lines += ["", "## Rows without a rule of their own, and why", "", "| row | where | why |", "|---|---|---|"]
    lines += [f"| {_cell(row.id)} | {_cell(row.where)} | {_cell(row.why)} |" for row in rulebook.unenforced]
    return "\n".join(lines) + "\n"


def _rules(rulebook: Rulebook) -> list[str]:
    """One table per jurisdiction, federal first."""
    out = []
    for jurisdiction in sorted(
        {rule.jurisdiction for rule in rulebook.rules}, key=lambda code: (code.count("-"), code)
    ):
        rules = [rule for rule in rulebook.rules if rule.jurisdiction == jurisdiction]
        out += [
            f"## {jurisdiction}",
            "",
            "| rule | what it says | on | when | does | not known | citation | in force | evidence |",
            "|---|---|---|---|---|---|---|---|---|",
            *(_row(rule) for rule in rules),
            "",
        ]
    return out


def _row(rule: Rule) -> str:
    told = rule.sentence + (f" **Duty:** {rule.duty}" if rule.duty else "") + (f" *{rule.note}*" if rule.note else "")
    does = {"stop": "stops", "require_step": f"asks for `{rule.step}`", "condition": "adds the duty"}[rule.effect]
    missing = "stops" if rule.on_missing == "stop" else f"asks for `{rule.missing_step}`"
    force = f"from {rule.effective_from}" + (f" to {rule.effective_to}" if rule.effective_to else "")
    evidence = f"{rule.evidence}/{rule.certainty}, checked {rule.last_checked}" + (
        ", *review*" if rule.review_required else ""
    )
    channels = ("all" if rule.all_channels else ", ".join(rule.channels)) + f", per {rule.grain.replace('_', ' ')}"
    cells = (
        f"`{rule.id}` v{rule.version}",
        told,
        channels,
        f"`{rule.when}`",
        does,
        missing,
        "; ".join(rule.citations),
        force,
        evidence,
    )
    return "| " + " | ".join(_cell(cell) for cell in cells) + " |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _plain(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
