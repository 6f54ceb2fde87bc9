"""How street lines of one shape are read: once, by the readers themselves, on stand-ins, into templates.

`skiptrace.kernels.street_shapes` replaces by slots what no reader of street lines looks at. Here each new shape is filled
with made-up words and numbers and given to `read_street_lines`. What comes back is a template: the stand-ins are found
in it again, so it says which slot goes where, and a row is read by filling the template with its own words.

**Two questions.** Only the tagger sees the words themselves. So the readers first run up to where they ask it; the
question is a template as well, whose texts the exact model labels for all rows at once (`address_model`). Then they run
to the end once for each shape and sequence of labels.

**Why a row's own words could not change the answer.** The readers use of a slot's word that it is letters alone, how many
up to six, and that it is in none of their tables and begins like none of their patterns; of a single letter behind a number
that it is no direction, ordinal ending, floor or rear; of a slot's number how many digits it has (of a house number only
whether more than five, or one), that it does not begin with zero, and its ordinal ending; and which slots are equal. The vocabulary is
collected from the readers' own tables, constants and patterns (`reader_words`). As a second guard each template is made
from one set of stand-ins and must give the readers' answer on another set; a shape where it does not is read row by row.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import usaddress

from skiptrace.kernels.interning import Table, content_of, intern, new_table
from skiptrace.normalize.address_model import AddressMemory
from skiptrace.normalize.address_templates import StandIns, TemplateStore
from skiptrace.normalize.reader_words import reader_words
from skiptrace.normalize.street_lines import StreetLines, read_street_lines
from skiptrace.normalize.words import word_set

NO_QUESTION, ROW_BY_ROW = -1, -2
FIELDS = ("house", "street", "unit", "box", "city", "state", "zip", "merged", "front")
"""Text fields of an answer: those of `StreetLines`, its place in three, and what stands in front of the city in one line."""
KINDS = ("street", "po_box", "rural_route", "military", "general_delivery", "incomplete")
FLAGS = (
    "ambiguous", "building", "care_of", "incomplete", "institution", "no_number", "placeholder", "po_box", "private_mailbox",
)  # fmt: skip


class Question(BaseException):
    """What a reader asks the tagger. Not an Exception: the readers go on after any of those."""


def ask(text: str) -> tuple[dict[str, str], str]:
    """A tagger that answers nothing: raises `Question`."""
    raise Question(text)


def tagged(tokens: list[str], labels: list[str]) -> tuple[dict[str, str], str]:
    """What the library's `tag` makes of tokens and labels; raises ValueError where a label comes back later."""
    values: dict[str, list[str]] = {}
    crossing, before = False, ""
    for token, label in zip(tokens, labels, strict=True):
        crossing = crossing or label == "IntersectionSeparator"
        name = f"Second{label}" if crossing and "StreetName" in label else label
        if name in values and name != before:
            raise ValueError("a label comes back")
        values.setdefault(name, []).append(token)
        before = name
    numbered = "AddressNumber" in values
    if crossing:
        form = "Ambiguous" if numbered and "USPSBoxID" not in values else "PO Box" if numbered else "Intersection"
    else:
        form = "Street Address" if numbered else "PO Box" if "USPSBoxID" in values else "Ambiguous"
    return {name: " ".join(words).strip(" ,;") for name, words in values.items()}, form


class StreetMemory:
    """Shapes and answers met so far. Answers never depend on it, only the time they take.

    shapes: table of shapes; sees_signs[shape]: it holds a word that is looked for before periods and apostrophes are
    dropped; question[shape]: its template of `questions`, NO_QUESTION or ROW_BY_ROW. pairs: table of
    (shape, pattern of labels, -1 for none); answer[pair]: its template of `answers`, or ROW_BY_ROW; kind and flags
    (bits) per answer, places in KINDS and FLAGS.
    """

    def __init__(self, labelling: AddressMemory) -> None:
        self.labelling = labelling
        self._institutions = sorted({word.encode() for name in word_set("addresses", "institutions") for word in name.split()})
        self.vocabulary: Table = new_table(np.uint8, 4_096, 65_536)
        for word in reader_words():
            intern(self.vocabulary, _bytes(word), 0, len(word))
        self.clear()

    def clear(self) -> None:
        """Forget all shapes."""
        self.shapes: Table = new_table(np.uint8, 16_384, 1 << 19)
        self.question: npt.NDArray[np.int32] = np.empty(0, np.int32)
        self.sees_signs: npt.NDArray[np.bool_] = np.empty(0, np.bool_)
        self.questions = TemplateStore(1)
        self.answers = TemplateStore(len(FIELDS))
        self._made: dict[bytes, StandIns] = {}
        self.kind: list[int] = []
        self.flags: list[int] = []
        self.forget_labels()

    def forget_labels(self) -> None:
        """Forget the answers: the labelling memory was emptied, and its patterns have other numbers from now on."""
        self.age = self.labelling.age
        self.pairs: Table = new_table(np.int32, 16_384, 1 << 15)
        self.answer: npt.NDArray[np.int32] = np.empty(0, np.int32)

    def learn_shapes(self) -> None:
        """Find the question of each new shape."""
        known, count = len(self.question), int(self.shapes.count[0])
        texts = [bytes(content_of(self.shapes, shape)) for shape in range(known, count)]
        self.question = np.concatenate([self.question, np.array([self._question_of(text) for text in texts], np.int32)])
        seen = [any(word in text for word in self._institutions) for text in texts]
        self.sees_signs = np.concatenate([self.sees_signs, np.array(seen, np.bool_)])

    def learn_answers(self) -> None:
        """Find the answer of each new pair."""
        patterns, labels = self.labelling.patterns, self.labelling.model.labels
        known, count = len(self.answer), int(self.pairs.count[0])
        new = []
        for shape, pattern in self.pairs.contents[2 * known : 2 * count].reshape(-1, 2).tolist():
            names = [] if pattern < 0 else [labels[item] for item in content_of(patterns, pattern).tolist()]
            new.append(self._answer_of(bytes(content_of(self.shapes, shape)), names))
        self.answer = np.concatenate([self.answer, np.array(new, np.int32)])

    def _question_of(self, shape: bytes) -> int:
        made = _asked(shape)
        if not made.possible:
            return ROW_BY_ROW
        self._made[shape] = made
        return NO_QUESTION if made.question is None else self.questions.add([made.question])

    def _answer_of(self, shape: bytes, labels: list[str]) -> int:
        made = self._made.pop(shape, None) or _asked(shape)
        read = []
        for filling in (0, 1):
            asked = None if made.question is None else made.filled(made.question, filling)

            def tag(text: str, asked: str | None = asked) -> tuple[dict[str, str], str]:
                tokens = list(usaddress.tokenize(text))
                if text != (asked or text) or len(tokens) != len(labels):
                    raise Question(text)
                return tagged(tokens, labels)

            try:
                read.append(read_street_lines(*made.lines(filling), made.country, made.place_known, tag))
            except Question:
                return ROW_BY_ROW
        first, second = read
        fields = [made.template(texts) for texts in zip(texts_of(first), texts_of(second), strict=True)]
        pieces = [field for field in fields if field is not None]
        if (first.kind, first.flags) != (second.kind, second.flags) or len(pieces) < len(FIELDS):
            return ROW_BY_ROW
        self.kind.append(KINDS.index(first.kind))
        self.flags.append(sum(1 << FLAGS.index(flag) for flag in first.flags))
        return self.answers.add(pieces)


def _asked(shape: bytes) -> StandIns:
    """The stand-ins of a shape with the readers' question, if they have one."""
    made = StandIns(shape)
    if made.possible:
        asked = asked_of(*made.lines(0), made.country, made.place_known)
        made.question = None if asked is None else made.pieces(asked, endings=False)
    return made


def asked_of(line1: str, line2: str, country: str | None, place_known: bool) -> str | None:
    """What the readers of two lines first ask the tagger; None where they need it for nothing."""
    try:
        read_street_lines(line1, line2, country, place_known, ask)
    except Question as asked:
        return str(asked)
    return None


def texts_of(lines: StreetLines) -> tuple[str, ...]:
    """The text fields in the order of FIELDS; empty where there is none."""
    house, street, unit, box = lines.house or "", lines.street or "", lines.unit or "", lines.box or ""
    front = " ".join(filter(None, (house, street, unit))) if street else box
    return (house, street, unit, box, *lines.place, lines.merged, front)


def _bytes(text: str) -> npt.NDArray[np.uint8]:
    return np.frombuffer(text.encode(), np.uint8)
