from __future__ import annotations

import ast
from pathlib import Path

import pytest

from jobs.reference import reading
from jobs.reference.reading import OPEN, Module, Scope, module_of, modules, texts

SOURCE = '''
HINT = "ask again"
def told(word):
    return f"no {word} here"
class Reader:
    def _wrong(self, what, mend="none"):
        return show(what, mend)
    def read(self, name):
        self._wrong("is torn", mend=HINT)
def all_of(x, other):
    if x:
        mend = "first"
        show(mend)
    mend = "second"
    show(mend)
    show("a" if x else "b")
    show(other or "else")
    show(told("file"))
    show(f"{x.name}: " + HINT)
    show("gone ({})".format(x))
    show(x())
'''


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Module:
    monkeypatch.setattr(reading, "ROOT", tmp_path)
    (tmp_path / "made.py").write_text(SOURCE)
    return Module(tmp_path / "made.py")


def test_a_text_is_followed_to_where_it_is_written(module: Module) -> None:
    function = module.functions["all_of"]
    calls = [call for call in module.calls if reading.named(call.func) == "show" and module.inside[call] is function]
    said = [texts(call.args[0], Scope(module, function, {}, call)) for call in sorted(calls, key=lambda call: call.lineno)]
    assert said == [
        ["first"], ["second"], ["a", "b"], ["else"], ["no file here"], [f"{OPEN}: ask again"], [f"gone ({OPEN})"], [OPEN],
    ]  # fmt: skip


def test_a_call_gives_to_parameters_what_is_written_and_none_to_self(module: Module) -> None:
    function = module.functions["_wrong"]
    (call,) = module.callers(function)
    given = reading.given_to(function, call)
    assert {name: ast.unparse(part) for name, part in given.items()} == {"what": "'is torn'", "mend": "HINT"}
    assert module.called_in(function) == {"show"}
    assert module.called_in(None) >= {"show", "told", "format"}


def test_constants_and_functions_of_other_modules_are_found() -> None:
    assert module_of("skiptrace/errors") is not None
    assert module_of("jobs/reference") is not None
    assert module_of("jobs/nothing") is None
    assert len(modules()) > 400
    (known,) = [one for one in modules() if one.name == "jobs/verified_project.py"]
    assert "RESTORE" in known.constants or "RESTORE" in known.imported
