"""The tutorial works as it is written: its commands are run in their order by a shell, and what stands below each is said."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

TUTORIAL = Path(__file__).parents[2] / "docs" / "tutorial.md"
BLOCK = re.compile(r"```(bash|text)\n(.*?)```", re.DOTALL)


def steps() -> list[tuple[str, list[str]]]:
    """Commands, and the lines that they say."""
    found: list[tuple[str, list[str]]] = []
    for kind, text in BLOCK.findall(TUTORIAL.read_text()):
        if kind == "bash":
            found.append((text, []))
        else:
            found[-1][1].extend(text.splitlines())
    return found


def says(line: str, said: str) -> bool:
    """Whether a line is said, with anything in the place of each \"…\"."""
    return re.search(r"[^\n]*".join(re.escape(part) for part in line.split("…")), said) is not None


def test_the_tutorial_works_as_it_is_written(tmp_path: Path) -> None:
    place = Path(sys.executable).parent
    own = {"HOME": str(tmp_path / "home"), "PATH": f"{place}:{os.environ['PATH']}", "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}
    (tmp_path / "home").mkdir()
    here = tmp_path
    for commands, lines in steps():
        shell = ["/bin/sh", "-ec", f"{commands}\npwd"]
        done = subprocess.run(shell, cwd=here, env=own, capture_output=True, text=True, check=False)
        assert done.returncode == 0, (commands, done.stdout, done.stderr)
        here = Path(done.stdout.splitlines()[-1])
        missing = [line for line in lines if not says(line, done.stdout)]
        assert not missing, (commands, done.stdout)
    assert len(steps()) >= 8
