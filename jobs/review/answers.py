"""What was asked about pairs, and what people answered: a file each under `.skiptrace/reviewed/`, put if absent and never changed. They
hold ids alone. Of several answers about one pair the last one counts."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from jobs.acknowledged import refuse_values
from skiptrace.ids import digest
from skiptrace.store.commit import put_private, read_json
from skiptrace.store.permissions import private_folder
from skiptrace.store.places import Place, entries

FOLDER = "reviewed"
SAYS = ("same", "other", "unsure")
"""What an answer says of a pair: one person, two, or that nobody can tell."""
_ASKED, _ANSWER = re.compile(r"asked-[0-9a-f]{32}\.json"), re.compile(r"note-[0-9a-f]{32}\.json")
Pair = tuple[str, str, str]


@dataclass(frozen=True)
class Question:
    """A pair that somebody is asked about: account, source and record; the run, where its band begins, and the chance with which the pair
    is drawn first in it."""

    account_id: str
    source: str
    record_id: str
    run_id: str
    band: float
    chance: float

    @property
    def pair(self) -> Pair:
        """Account, source and record."""
        return self.account_id, self.source, self.record_id


@dataclass(frozen=True)
class Answer:
    """An answer to a question: what it says (SAYS), who says so, when; `turn` counts answers about the pair from 0."""

    question: Question
    says: str
    by: str
    at: str
    turn: int

    @property
    def pair(self) -> Pair:
        """Account, source and record."""
        return self.question.pair


def ask(private: Place, questions: Iterable[Question]) -> None:
    """Keep what is asked, before anybody sees it: only answers to questions count, for pairs that somebody chose stand for no others."""
    folder = private_folder(private / FOLDER)
    for question in questions:
        put_private(folder / f"asked-{digest(question.run_id, question.pair)}.json", asdict(question))


def asked(private: Place) -> dict[Pair, Question]:
    """What was asked, by pair; of several questions about one that of the latest run."""
    found = [Question(**read_json(place)) for place in entries(private / FOLDER) if _ASKED.fullmatch(place.name)]
    return {question.pair: question for question in sorted(found, key=lambda one: (one.run_id, one.pair))}


def keep(private: Place, said: Sequence[tuple[Question, str]], by: str, at: dt.datetime) -> int:
    """Keep answers (SAYS) to questions; returns how many are news. The same answer again is none; another one about the same pair counts
    from then on, and both stay. Raises ConfigError (exit 2) for a name that looks as if it held a value of a person."""
    refuse_values(by, None)
    folder, before, news = private_folder(private / FOLDER), last(private), 0
    for question, says in said:
        earlier = before.get(question.pair)
        if earlier is not None and earlier.says == says:
            continue
        turn = 0 if earlier is None else earlier.turn + 1
        told = {**asdict(question), "says": says, "turn": turn, "by": by}
        content = {**told, "kind": "review", "at": at.isoformat(timespec="seconds")}
        put_private(folder / f"note-{digest('reviewed', told)}.json", content)
        news += 1
    return news


def load(private: Place) -> list[Answer]:
    """Every answer, by pair, the first first."""
    found = [_answer(read_json(place)) for place in entries(private / FOLDER) if _ANSWER.fullmatch(place.name)]
    return sorted(found, key=lambda one: (one.pair, one.turn, one.at, one.by, one.says))


def last(private: Place) -> dict[Pair, Answer]:
    """The answer about each pair that counts."""
    return {answer.pair: answer for answer in load(private)}


def _answer(content: Mapping[str, Any]) -> Answer:
    question = Question(**{name: content[name] for name in Question.__dataclass_fields__})
    return Answer(question, content["says"], content["by"], content["at"], int(content["turn"]))
