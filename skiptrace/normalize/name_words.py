"""The word lists of names, shaped for the parser: what a word or phrase means wherever it stands."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from functools import lru_cache

from skiptrace.normalize.words import word_set

SUFFIXES = {
    "JR": "JR", "JNR": "JR", "JUNIOR": "JR", "SR": "SR", "SNR": "SR", "SENIOR": "SR",
    "II": "II", "2ND": "II", "2": "II", "III": "III", "3RD": "III", "3": "III",
    "IV": "IV", "4TH": "IV", "4": "IV", "V": "V", "5TH": "V", "5": "V",
}  # fmt: skip
"""Spellings of a generational suffix, as a column of its own holds them."""

TRAILING_SUFFIXES = {word: suffix for word, suffix in SUFFIXES.items() if not word.isdigit()}
"""Those that are read as a suffix behind a name."""

SURE_SUFFIXES = frozenset({"JR", "SR", "II", "III", "IV"})
"""Those that are never an initial."""

_OF_THE_DEAD = r"(?:THE )?EST(?:ATE|\.)? OF(?: THE LATE)?|(?:UNKNOWN )?HEIRS(?: AT LAW)? OF|THE LATE"
_DEAD = r"DECEASED|DEC'?D"

ESTATE = re.compile(
    rf"\b(?:{_OF_THE_DEAD})\b|\(\s*(?:EST(?:ATE)?|DEC|{_DEAD})\.?\s*\)"
    rf"|(?<=\S)(?:'S)?[ ,]+(?:THE )?(?:ESTATE|{_DEAD})\.?\s*$|^(?:{_DEAD})\b[ ,]*"
)
"""Words that report a death; what is left of the text names the person."""

REPORT = re.compile(rf"\W*(?:{_OF_THE_DEAD}|(?:THE )?ESTATE|{_DEAD})\W*")
"""A text that reports a death and names nobody."""

ASIDE = re.compile(r"\([^()]*\)|\"[^\"]*\"|(?<=\s)'[^']*'(?=\s|$|,)")
"""A nickname or remark in brackets or quotes."""

OTHERWISE = re.compile(r"(?:^|\s|,)(?:C/O|ATTN|ATTENTION|A/?K/?A|F/?K/?A|N/?K/?A|D/?B/?A|ATT(?:ORNE)?Y AT LAW)\b.*$")
"""Another name, another party or what somebody is by trade from here on."""

JOINT = re.compile(r"\s*(?:&|\bAND\b|\bAND/OR\b|/)\s*")

_TRADING = re.compile(r"\w'S \w|\bCO\.(?:,|$)|\w\.COM\b")
"""Marks of an organisation that only the text before cleaning shows: JOE'S GARAGE, ACME CO., ACME.COM."""

PATTERN_WORDS = frozenset(
    {
        "EST", "ESTATE", "OF", "THE", "LATE", "DECEASED", "DECD", "DEC", "UNKNOWN", "HEIRS", "AT", "LAW", "ATTN", "ATTENTION",
        "ATTORNEY", "ATTY",
        "AKA", "FKA", "NKA", "DBA", "AND", "OR", "CO", "COM", "REAL", "Y",
    }
)  # fmt: skip
"""Every word that a pattern of the parser names, here or in its code."""


@dataclass(frozen=True)
class NameWords:
    """Sets of folded words and phrases (see `rules/words/names.toml` for what each is)."""

    honorifics: frozenset[str]
    post_nominals: frozenset[str]
    post_nominals_apart: frozenset[str]
    particles: frozenset[str]
    placeholders: frozenset[str]
    not_first: frozenset[str]
    not_last: frozenset[str]
    doubtful: frozenset[str]
    legal_forms: frozenset[str]
    organisations: frozenset[str]
    organisation_hints: frozenset[str]
    organisation_joints: frozenset[str]
    organisation_endings: frozenset[str]
    organisation_phrases: frozenset[str]


@lru_cache(maxsize=1)
def name_words() -> NameWords:
    """The lists of `rules/words/names.toml`. Raises ConfigError where one is missing."""
    return NameWords(*(word_set("names", field.name) for field in fields(NameWords)))


@lru_cache(maxsize=1)
def _phrase() -> re.Pattern[str]:
    phrases = sorted(name_words().organisation_phrases, key=lambda phrase: (-len(phrase), phrase))
    return re.compile(r"(?:^|\s)(?:" + "|".join(re.escape(phrase) for phrase in phrases) + r")(?=\s|$)")


def is_organisation(text: str) -> bool:
    """Whether canonical text is the whole name of an organisation: a legal form, a trade word, two hints, or a phrase.

    A single word is a surname (there are people called Trust and Center)."""
    words = text.split()
    if len(words) < 2:
        return False
    known = name_words()
    hints = 0
    for word in words:
        if word in known.legal_forms or word in known.organisations:
            return True
        hints += word in known.organisation_hints
    joined = not known.organisation_joints.isdisjoint(words)
    if hints + joined > 1 or (len(words) > 2 and words[-1] in known.organisation_endings):
        return True
    return _phrase().search(text) is not None


def is_trading_name(text: str) -> bool:
    """Whether a folded text, still with its periods and apostrophes, is the whole name of an organisation."""
    if _TRADING.search(text):
        return True
    return is_organisation(" ".join(text.replace(",", " ").replace(".", "").split()))
