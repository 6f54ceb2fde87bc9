from __future__ import annotations

import importlib.metadata
from pathlib import Path

import pytest

from jobs.supply import licences
from jobs.supply.licences import PAGE, Policy, is_allowed, licensed, made, read_policy, stated
from jobs.supply.locks import Locked
from skiptrace.errors import ConfigError

ALLOWED = {"MIT": "keep the notice", "Apache-2.0 WITH LLVM-exception": "keep the notice"}
POLICY = Policy(ALLOWED, {"MIT License": "MIT"}, {}, {})


def installed(name: str) -> Locked:
    return Locked(name, importlib.metadata.version(name), ("a" * 64,))


@pytest.mark.parametrize(
    ("expression", "allowed"),
    [
        ("MIT", True), ("GPL-3.0-only", False), ("MIT OR GPL-3.0-only", True), ("MIT AND GPL-3.0-only", False),
        ("MIT AND Apache-2.0 WITH LLVM-exception", True), ("Apache-2.0 WITH Other-exception", False),
        ("(GPL-3.0-only OR MIT) AND MIT", True), ("GPL-3.0-only OR MIT AND GPL-3.0-only", False),
        ("MIT MIT", False),
    ],
)  # fmt: skip
def test_an_expression_is_allowed_where_allowed_licences_meet_it(expression: str, allowed: bool) -> None:
    assert is_allowed(expression, ALLOWED) is allowed


@pytest.mark.parametrize("text", ["", "(MIT", "MIT AND", ") MIT", "OR MIT"])
def test_a_text_that_is_no_expression_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="no SPDX expression"):
        is_allowed(text, ALLOWED)


def test_an_expression_of_metadata_goes_before_older_fields() -> None:
    assert stated({"License-Expression": "MIT", "License": "BSD"}, [], POLICY) == ("MIT", "License-Expression")
    assert stated({"License": "MIT License"}, [], POLICY) == ("MIT", "License")
    assert stated({}, ["License :: OSI Approved :: MIT License"], POLICY) == ("MIT", "classifier")


@pytest.mark.parametrize(
    ("fields", "classifiers"),
    [
        ({}, []), ({"License": "BSD"}, []), ({}, ["License :: OSI Approved :: BSD License"]),
        ({}, ["License :: OSI Approved :: MIT License", "License :: OSI Approved :: BSD License"]),
    ],
)  # fmt: skip
def test_what_is_vague_or_twofold_is_open(fields: dict[str, str], classifiers: list[str]) -> None:
    assert stated(fields, classifiers, POLICY) is None


def test_a_package_whose_licence_nobody_states_fails() -> None:
    with pytest.raises(ConfigError, match="jinja2: states no licence that is known"):
        licensed([installed("jinja2")], POLICY)


def test_a_licence_that_is_not_allowed_fails_without_an_argument_and_passes_with_one() -> None:
    package = installed("pygments")
    with pytest.raises(ConfigError, match="is under BSD-2-Clause, which is not allowed"):
        licensed([package], POLICY)
    argued = Policy(ALLOWED, {}, {}, {"pygments": ("BSD-2-Clause", "only tests use it")})
    assert [one.why for one in licensed([package], argued)] == ["only tests use it"]
    other = Policy(ALLOWED, {}, {}, {"pygments": ("MPL-2.0", "argued for another licence")})
    with pytest.raises(ConfigError, match="is under BSD-2-Clause"):
        licensed([package], other)


@pytest.mark.parametrize(
    ("name", "version", "what"), [("click", "0.0.1", "is locked as 0.0.1"), ("no-such-package", "1", "is not installed")]
)
def test_a_package_that_is_not_there_as_locked_fails(name: str, version: str, what: str) -> None:
    with pytest.raises(ConfigError, match=what):
        licensed([Locked(name, version, ("a" * 64,))], POLICY)


def test_an_entry_that_no_package_needs_fails_for_a_whole_lock_alone() -> None:
    policy = Policy({**ALLOWED, "BSD-3-Clause": "keep the notice"}, {}, {"gone": ("MIT", "LICENSE: MIT")}, {})
    with pytest.raises(ConfigError, match="gone: is needed by no locked package"):
        licensed([installed("click")], policy)
    assert [one.licence for one in licensed([installed("click")], policy, whole=False)] == ["BSD-3-Clause"]


@pytest.mark.parametrize(
    "text",
    [
        'words = {}\nallowed = {MIT = "short"}', "words = {}",
        'allowed = {}\nwords = {}\n[[exception]]\npackage = "a"\nlicence = "MIT"\nwhy = ""',
        'allowed = {}\nwords = {}\n[[read]]\npackage = "a"\nlicence = "MIT"',
    ],
)  # fmt: skip
def test_a_policy_without_arguments_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "licences.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match="policy of licences is wrong"):
        read_policy(file)


def test_the_page_in_the_repository_is_what_the_packages_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == made(), "make licences"


def test_an_open_licence_ends_the_command_and_leaves_the_page(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    before = PAGE.read_bytes()
    monkeypatch.setattr(licences, "read_policy", lambda: POLICY)
    assert licences.main() == 2
    assert "licences of packages are open" in capsys.readouterr().err
    assert PAGE.read_bytes() == before
