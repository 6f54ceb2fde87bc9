from __future__ import annotations

from dataclasses import fields

from skiptrace.kernels.name_scan import COMMA, LETTER, LISTED, WORD
from skiptrace.normalize.name_shapes import NOTHING, listed_words, read_row, read_shape
from skiptrace.normalize.name_words import PATTERN_WORDS, SUFFIXES, NameWords, name_words

_NONE: tuple[int, ...] = ()


def element(word: str) -> int:
    """The element of a listed word."""
    return 2 * (LISTED + next(at for at, group in enumerate(listed_words().members) if word in group))


def test_words_of_a_class_are_in_the_same_lists() -> None:
    for group in listed_words().members:
        lists = [[word in getattr(name_words(), field.name) for field in fields(NameWords)] for word in group]
        assert all(own == lists[0] for own in lists)
        assert len(group) == 1 or all(len(set(word)) > 1 and word not in PATTERN_WORDS and word not in SUFFIXES for word in group)


def test_every_word_of_every_list_is_listed_once() -> None:
    words = [word for group in listed_words().members for word in group]
    assert len(words) == len(set(words))
    wanted = {word for field in fields(NameWords) for entry in getattr(name_words(), field.name) for word in entry.split()}
    assert {word for word in wanted | PATTERN_WORDS | set(SUFFIXES) if word.isalnum()} == set(words)


def test_a_full_name_by_its_shape() -> None:
    last_first = (2 * WORD, 2 * COMMA, 2 * WORD, 2 * LETTER + 1)
    template = read_shape((_NONE, _NONE, _NONE, _NONE, last_first))
    assert template is not None
    assert template.spans == ((4, 1, 2), (4, 2, -1), (4, 0, 1))
    assert (template.suffix, template.kind, template.flags) == (None, "person", ())


def test_parts_by_their_shape() -> None:
    template = read_shape(((2 * WORD, 2 * LETTER), _NONE, (2 * WORD, element("JR")), _NONE, _NONE))
    assert template is not None
    assert template.spans == ((0, 0, 1), (0, 1, -1), (2, 0, 1))
    assert template.suffix == "JR"


def test_a_stand_in_by_its_shape() -> None:
    template = read_shape(((element("UNKNOWN"),), _NONE, (2 * WORD,), _NONE, _NONE))
    assert template is not None
    assert template.spans == (NOTHING, NOTHING, (2, 0, -1))
    assert template.flags == ("placeholder",)


def test_what_is_joined_from_several_parts_has_no_template() -> None:
    assert read_row("Acme", "", "LLC", "", "").last == "ACME LLC"
    assert read_shape(((2 * WORD,), _NONE, (element("LLC"),), _NONE, _NONE)) is None


def test_shapes_with_more_words_than_can_be_made_up_have_no_template() -> None:
    assert read_shape((_NONE, _NONE, _NONE, _NONE, (2 * WORD,) * 30)) is None


def test_the_parts_of_a_row_win() -> None:
    assert read_row("John", "", "Smith", "", "ROE, JANE") == read_row("John", "", "Smith", "", "")
    assert read_row(" ", "", "", "Jr", "ROE, JANE").first == "JANE"
