from __future__ import annotations

import re
from types import ModuleType

from skiptrace.normalize import street_lines
from skiptrace.normalize.reader_words import _modules, _take, reader_words


def test_words_of_tables_patterns_constants_and_comparisons_are_known() -> None:
    words = set(reader_words())
    assert {"BOULEVARD", "NORTHEAST", "APARTMENT", "HOMELESS", "SEVENTH", "HOSPITAL"} <= words  # tables
    assert {"GENERAL", "DELIVERY", "POSTAL", "RURAL", "CALLE"} <= words  # patterns
    assert {"UNITED", "TOWNSHIP", "URB", "PMB"} <= words  # constants and what functions compare with
    assert not {"MARLBERG", "FENSTEAD"} & words
    assert all(word.isascii() and word.isalpha() and word.isupper() for word in words)
    assert list(reader_words()) == sorted(words)


def test_no_table_tells_numbers_apart_that_do_not_begin_with_zero() -> None:
    """A number's digits go into a slot, so no reader may look a number up."""
    table = street_lines.address_words()
    keys = {*table.suffixes, *table.directions, *table.units, *table.number_words, *table.inline_units, *table.ordinals, *table.tens}
    assert {key for key in keys if re.search("[1-9]", key)} == set()


def test_modules_are_found_by_what_is_taken_from_them() -> None:
    names = {name.rpartition(".")[2] for name in _modules(street_lines, {})}
    assert {"street_lines", "street_split", "address_words", "words"} <= names


def test_anything_that_a_module_holds_is_looked_through() -> None:
    def compares(word: str) -> bool:
        """DOCUMENTED"""
        return word in {"FUNCTION", "NESTED"} or any(part == "INNER" for part in word)

    module = ModuleType("anything")
    found: set[str] = set()
    things = ({"KEY": ["VALUE", ("TUPLE",)]}, frozenset({"SET"}), re.compile("GEN(?:ERAL)? [0-9]"), "TEXT OF 5", compares, 5, None, module)
    for item in things:
        _take(item, found)
    assert found == {"KEY", "VALUE", "TUPLE", "SET", "GEN", "ERAL", "GENERAL", "TEXT", "OF", "FUNCTION", "NESTED", "INNER"}
