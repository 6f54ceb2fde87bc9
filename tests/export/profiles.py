"""Small export profiles for tests."""

from __future__ import annotations

from pathlib import Path

from skiptrace.export.model import Profile
from skiptrace.export.profiles import load_profiles

COLUMN = (
    '[[column]]\nname = "{name}"\nexpression = "{expression}"\ngrammar = "{grammar}"\nsentence = "Something."\n'
    'need = "Tests ask for it."\n{more}\n'
)


def column(name: str, expression: str, grammar: str = "text", more: str = "") -> str:
    """A column's table."""
    return COLUMN.format(name=name, expression=expression, grammar=grammar, more=more)


def text_of(*columns: str, head: str = "", shape: str = "long", format_: str = "csv", tables: str = "") -> str:
    """A profile's file."""
    return f'sentence = "A file."\nformat = "{format_}"\nshape = "{shape}"\n{head}\n{tables}\n' + "".join(columns)


def profile_of(folder: Path, text: str, name: str = "vendor") -> Profile:
    """The profile that a file's text makes."""
    file = folder / f"{name}.toml"
    file.write_text(text, encoding="utf-8")
    return load_profiles([file])[name]
