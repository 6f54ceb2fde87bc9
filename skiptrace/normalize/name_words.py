"""The word lists of names, shaped for the parser: what a word or phrase means wherever it stands."""

from __future__ import annotations

import re
from dataclasses import dataclass
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

ESTATE = re.compile(
    r"\b(?:THE )?EST(?:ATE)? OF(?: THE LATE)?\b|\bESTATE OF\b|\(\s*(?:EST(?:ATE)?|DECEASED|DECD|DEC)\s*\)"
    r"|(?<=\S)[ ,]+(?:THE )?(?:ESTATE|DECEASED|DECD)\s*$|\bTHE LATE\b|^(?:DECEASED|DECD)\b[ ,]*"
)
"""Words that report a death; what is left of the text names the person."""

ASIDE = re.compile(r"\([^()]*\)|\"[^\"]*\"|(?<=\s)'[^']*'(?=\s|$|,)")
"""A nickname or remark in brackets or quotes."""

OTHERWISE = re.compile(r"(?:^|\s|,)(?:C/O|ATTN|ATTENTION|A/?K/?A|F/?K/?A|N/?K/?A|D/?B/?A)\b.*$")
"""Another name or another party from here on."""

JOINT = re.compile(r"\s*(?:&|\bAND\b|\bAND/OR\b|/)\s*")


@dataclass(frozen=True)
class NameWords:
    """Sets of folded words and phrases (see `rules/words/names.toml` for what each is)."""

    honorifics: frozenset[str]
    post_nominals: frozenset[str]
    particles: frozenset[str]
    placeholders: frozenset[str]
    not_first: frozenset[str]
    not_last: frozenset[str]
    doubtful: frozenset[str]
    legal_forms: frozenset[str]
    organisations: frozenset[str]
    phrases: re.Pattern[str]


@lru_cache(maxsize=1)
def name_words() -> NameWords:
    """The lists of `rules/words/names.toml`. Raises ConfigError where one is missing."""
    phrases = sorted(word_set("names", "organisation_phrases"), key=lambda phrase: (-len(phrase), phrase))
    return NameWords(
        honorifics=word_set("names", "honorifics"),
        post_nominals=word_set("names", "post_nominals"),
        particles=word_set("names", "particles"),
        placeholders=word_set("names", "placeholders"),
        not_first=word_set("names", "not_first"),
        not_last=word_set("names", "not_last"),
        doubtful=word_set("names", "doubtful"),
        legal_forms=word_set("names", "legal_forms"),
        organisations=word_set("names", "organisations"),
        phrases=re.compile(r"(?:^|\s)(?:" + "|".join(re.escape(phrase) for phrase in phrases) + r")(?=\s|$)"),
    )


def is_organisation(text: str) -> bool:
    """Whether canonical text is the whole name of an organisation: a legal form, a trade word or a phrase in it.

    A single word is a surname (there are people called Trust and Center)."""
    words = text.split()
    if len(words) < 2:
        return False
    known = name_words()
    if any(word in known.legal_forms or word in known.organisations for word in words):
        return True
    return known.phrases.search(text) is not None
