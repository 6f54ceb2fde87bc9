"""The script that `skiptrace completion` prints, in a real bash: what Tab offers, and that it offers no account."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from jobs.cli.completion import SHELLS
from tests.jobs.cli.conftest import Call

ROOT = Path(__file__).parents[3]


@pytest.fixture
def bash(tmp_path: Path, project: Path) -> dict[str, str]:
    """The surroundings of a shell in which `skiptrace` is this program, in a project with an export."""
    with (project / "skiptrace.toml").open("a") as file:
        file.write('[[export]]\nname = "dialer"\nprofile = "csv"\n')
    program = tmp_path / "bin" / "skiptrace"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m jobs.cli "$@"\n')
    program.chmod(0o700)
    return {**os.environ, "PATH": f"{program.parent}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT), "SKIPTRACE_PROJECT": str(project)}


def offered(surroundings: dict[str, str], *typed: str) -> list[str]:
    """What Tab offers after these words, the last of which is being typed."""
    words = " ".join(f"'{word}'" for word in ("skiptrace", *typed))
    script = f"""
eval "$(skiptrace completion bash)"
complete -p skiptrace
COMP_WORDS=({words}); COMP_CWORD={len(typed)}
"$(complete -p skiptrace | sed 's/.*-F \\([^ ]*\\).*/\\1/')" skiptrace
printf '%s\\n' "${{COMPREPLY[@]}}"
"""
    done = subprocess.run(["bash", "-c", script], env=surroundings, capture_output=True, text=True, check=True, timeout=60)
    head, *lines = done.stdout.splitlines()
    assert head.startswith("complete ")
    assert head.endswith(" skiptrace")
    return [line for line in lines if line]


def test_bash_completes_commands_options_and_names_but_no_account(bash: dict[str, str]) -> None:
    assert offered(bash, "ex") == ["export", "explain"]
    assert offered(bash, "export", "d") == ["dialer"]
    assert "--show-pii" in offered(bash, "explain", "--s")
    assert offered(bash, "runs", "show", "lat") == ["latest"]
    assert offered(bash, "explain", "") == []
    assert offered(bash, "note", "00") == []


@pytest.mark.parametrize("shell", SHELLS)
def test_each_shell_has_its_script(call: Call, shell: str) -> None:
    said = call("completion", shell)
    assert said.code == 0
    assert "_SKIPTRACE_COMPLETE" in said.out
    assert call("--json", "completion", shell).json["script"] == said.out


def test_another_shell_is_refused_by_name(call: Call) -> None:
    said = call("completion", "tcsh")
    assert (said.code, said.out) == (2, "")
    assert "bash" in said.err
