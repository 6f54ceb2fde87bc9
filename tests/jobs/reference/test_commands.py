from __future__ import annotations

import pytest

from jobs.reference import commands
from skiptrace import errors


def test_every_command_and_option_is_on_the_page() -> None:
    page = commands.page()
    for words, command in commands.commands():
        part = page.split(f"\n## `skiptrace {words}`\n")[1].split("\n## ")[0]
        for one in command.params:
            if not getattr(one, "hidden", False):
                assert any(name in part for name in (*one.opts, one.human_readable_name)), (words, one.name)


def test_every_exit_code_of_an_error_has_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    assert set(commands.codes()) == {0, 1, 2, 3, 4, 69, 75, 78}

    class Strange(errors.SkiptraceError):
        exit_code = 99

    monkeypatch.setattr(errors, "Strange", Strange, raising=False)
    with pytest.raises(KeyError, match="99"):
        commands.codes()
