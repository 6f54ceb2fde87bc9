"""What every part of the project file has in common: frozen, strict, no unknown keys; and how a wrong value is told."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError


class Part(BaseModel):
    """A part of the project file. It converts nothing: a quoted number or a misspelt key is an error, never a default."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", allow_inf_nan=False, hide_input_in_errors=True)


def wrong(what: str, mend: str) -> PydanticCustomError:
    """The error of a value that no list of words or bounds describes."""
    return PydanticCustomError("wrong", "{what}", {"what": what, "mend": mend})


def one_of(words: tuple[str, ...]) -> Callable[[str], str]:
    """A check that a text is one of `words`; the message suggests the nearest."""

    def check(value: str) -> str:
        if value not in words:
            raise PydanticCustomError("unknown_word", "is not a known word", {"words": words})
        return value

    return check


def matching(pattern: re.Pattern[str], what: str, mend: str) -> Callable[[str], str]:
    """A check that the whole text matches `pattern`."""

    def check(value: str) -> str:
        if not pattern.fullmatch(value):
            raise wrong(what, mend)
        return value

    return check


Text = Annotated[str, Field(min_length=1)]

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_REFERENCE = re.compile(r"\$\{(env:[A-Za-z_][A-Za-z0-9_]*|file:[^{}]+)\}")
_NAME_RULE = "letters, digits, '-' and '_' only, at most 64, starting with a letter or digit"
SafeName = Annotated[str, AfterValidator(matching(_NAME, "is not a safe name", _NAME_RULE))]
SecretReference = Annotated[str, AfterValidator(matching(
    _REFERENCE, "must not hold a secret itself", 'write "${file:/path/to/key}" or "${env:NAME}"'))]  # fmt: skip
