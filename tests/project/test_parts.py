from __future__ import annotations

import re
from typing import Annotated

import pytest
from pydantic import AfterValidator, ValidationError

from skiptrace.project.parts import Part, matching, one_of


class Example(Part):
    word: Annotated[str, AfterValidator(one_of(("red", "blue")))] = "red"
    code: Annotated[str, AfterValidator(matching(re.compile("[a-z]+"), "is no code", "letters"))] = "a"


def test_parts_are_strict_and_frozen() -> None:
    assert Example(word="blue", code="abc").word == "blue"
    for wrong in ({"word": "green"}, {"code": "1"}, {"word": 1}, {"other": 1}):
        with pytest.raises(ValidationError):
            Example.model_validate(wrong)
    with pytest.raises(ValidationError):
        Example().word = "blue"  # type: ignore[misc]
