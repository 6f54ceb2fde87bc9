"""The tree keeps its shape: what lies at the top, how long a module is, what it says of itself, who tests it,
and that the README and the Makefile promise only what exists."""

from __future__ import annotations

import ast
import fnmatch
import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

ROOT = Path(__file__).resolve().parents[2]
TOP = frozenset(
    {"skiptrace", "jobs", "deploy", "docs", "rules", "tests", "pyproject.toml", "Makefile"}
    | {"README.md", "ARCHITECTURE.md", "CHANGELOG.md", "LICENSE", "requirements.lock", "requirements-dev.lock"}
)
LONGEST = 300
SHAPELESS = frozenset({"utils", "util", "helpers", "helper", "common", "misc"})
MODULES = sorted(path for package in ("skiptrace", "jobs") for path in (ROOT / package).rglob("*.py"))

# Modules with code and no test file of their own name, each with the reason. Keep it short.
TESTED_ELSEWHERE: dict[str, str] = {}


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


# --- the tree -------------------------------------------------------------------------------------------------------


def ignored_names() -> list[str]:
    """The patterns of .gitignore that are plain names: what tools and make leave behind."""
    lines = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    return [line.strip("/") for line in lines if line and not line.startswith("#")]


def test_the_top_level_is_as_agreed() -> None:
    patterns = ignored_names()
    present = {
        path.name
        for path in ROOT.iterdir()
        if not path.name.startswith(".") and not any(fnmatch.fnmatch(path.name, pattern) for pattern in patterns)
    }
    assert present == TOP


def test_every_module_says_what_it_is_for() -> None:
    silent = [relative(path) for path in MODULES if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))]
    assert MODULES
    assert silent == []


def test_no_module_is_two_things() -> None:
    lengths = {relative(path): len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES}
    assert {name: length for name, length in lengths.items() if length > LONGEST} == {}


def test_no_module_has_a_shapeless_name() -> None:
    assert [relative(path) for path in MODULES if path.stem in SHAPELESS or path.parent.name in SHAPELESS] == []


def test_every_folder_of_modules_is_a_package() -> None:
    folders = {path.parent for path in MODULES}
    assert [relative(folder) for folder in sorted(folders) if not (folder / "__init__.py").is_file()] == []


def has_code(text: str) -> bool:
    return any(isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) for node in ast.walk(ast.parse(text)))


def test_files_for(path: Path) -> Iterator[Path]:
    """Where the tests of a module may be: `tests/<room>/…/test_<module>.py`, at the depth of the module or less."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    parts = parts[:-1] if parts[-1] == "__init__" else parts
    folders = parts[1:-1] if parts[0] == "skiptrace" else parts[:-1]
    own_folder = (*folders, parts[-1])
    for depth in range(len(own_folder) + 1):
        yield ROOT.joinpath("tests", *own_folder[:depth], f"test_{parts[-1]}.py")


test_files_for.__test__ = False  # type: ignore[attr-defined]  # a finder, not a test


def test_every_module_with_code_has_its_test_file() -> None:
    with_code = [path for path in MODULES if has_code(path.read_text(encoding="utf-8"))]
    untested = [relative(path) for path in with_code if not any(found.is_file() for found in test_files_for(path))]
    assert sorted(set(untested) - set(TESTED_ELSEWHERE)) == []


def test_no_exception_is_stale() -> None:
    stale = [name for name in TESTED_ELSEWHERE if not (ROOT / name).is_file()]
    stale += [name for name in TESTED_ELSEWHERE if any(found.is_file() for found in test_files_for(ROOT / name))]
    assert stale == []


# --- the locks ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_names_no_address_and_hashes_everything(name: str) -> None:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    addressed = re.compile(r"://|--(extra-)?index-url|--find-links|--trusted-host| @ |^(-e|/|\.)")
    assert [line for line in lines if addressed.search(line)] == []
    pins = [number for number, line in enumerate(lines) if re.match(r"[A-Za-z0-9]", line)]
    assert pins
    assert all(re.match(r"[\w.-]+==[^ ]+( ;.*)? \\$", lines[number]) for number in pins)
    assert all(lines[number + 1].strip().startswith("--hash=sha256:") for number in pins)


def pinned(name: str) -> dict[str, str]:
    text = (ROOT / name).read_text(encoding="utf-8")
    return dict(re.findall(r"^([\w.-]+)==(\S+)", text, flags=re.MULTILINE))


def test_the_locks_agree_and_cover_the_project() -> None:
    runtime, development = pinned("requirements.lock"), pinned("requirements-dev.lock")
    assert {name: version for name, version in runtime.items() if development.get(name) != version} == {}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    needed = [re.split(r"[<>=~! ;\[]", text)[0].lower() for text in project["project"]["dependencies"]]
    needed += [re.split(r"[<>=~! ;\[]", text)[0].lower() for text in project["build-system"]["requires"]]
    assert [name for name in needed if name not in runtime] == []


# --- what the README promises ---------------------------------------------------------------------------------------


def code_of(markdown: str) -> list[str]:
    """Each line of a fenced block and each inline code span of a Markdown text, comments dropped."""
    fenced = re.findall(r"^```[a-z]*\n(.*?)^```", markdown, flags=re.MULTILINE | re.DOTALL)
    rest = re.sub(r"^```.*?^```", "", markdown, flags=re.MULTILINE | re.DOTALL)
    lines = [line.split("#")[0] for block in fenced for line in block.splitlines()]
    return lines + re.findall(r"`([^`\n]+)`", rest)


def invocations(markdown: str, program: str) -> list[list[str]]:
    """The words after each use of a program in a Markdown text's code: `cd x && skiptrace run` gives ["run"]."""
    found = []
    for line in code_of(markdown):
        for part in re.split(r"&&|\|\||[;|]", line):
            try:
                words = shlex.split(part)
            except ValueError:  # an apostrophe in a span: prose, not a command
                continue
            if len(words) > 1 and not words[0].endswith("/") and Path(words[0]).name == program:
                found.append(words[1:])
    return found


def make_targets(makefile: str) -> set[str]:
    return set(re.findall(r"^([a-z][a-z-]*):", makefile, flags=re.MULTILINE))


def command_line() -> click.Group:
    """The click group behind the `skiptrace` program."""
    import jobs.cli

    found = [jobs.cli.main, *vars(jobs.cli).values()]
    return next(value for value in found if isinstance(value, click.Group))


def unknown_words(words: list[str], group: click.Group) -> list[str]:
    """The words of an invocation that its command line does not know: subcommands and options, not arguments."""
    command: click.Command = group
    options: dict[str, click.Parameter] = {}
    unknown: list[str] = []
    rest = iter(words)
    for word in rest:
        options |= {text: param for param in command.params for text in (*param.opts, *param.secondary_opts)}
        if word.startswith("-"):
            option = options.get(word.split("=")[0])
            if option is None and word != "--help":
                unknown.append(word)
            elif isinstance(option, click.Option) and not option.is_flag and not option.count and "=" not in word:
                next(rest, None)  # the option's value
        elif isinstance(command, click.Group):
            found = command.get_command(click.Context(command), word)
            if found is None:
                return [*unknown, word]
            command = found
    return unknown


@pytest.mark.parametrize("document", ["README.md", ".github/CONTRIBUTING.md", "ARCHITECTURE.md"])
def test_every_command_of_a_document_exists(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    group = command_line()
    assert [(words, bad) for words in invocations(text, "skiptrace") if (bad := unknown_words(words, group))] == []
    targets = make_targets((ROOT / "Makefile").read_text(encoding="utf-8"))
    assert [words for words in invocations(text, "make") if words[0] not in targets] == []


def test_the_readme_shows_the_first_commands() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert {"demo", "test"} <= {words[0] for words in invocations(text, "make")}
    assert {"init", "check", "run", "explain"} <= {words[0] for words in invocations(text, "skiptrace")}


@pytest.mark.parametrize("document", ["README.md", "ARCHITECTURE.md", ".github/CONTRIBUTING.md", ".github/SECURITY.md"])
def test_every_link_between_documents_leads_somewhere(document: str) -> None:
    path = ROOT / document
    targets = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8"))
    assert [target for target in targets if not (path.parent / target).exists()] == []


def test_every_make_target_is_explained_by_help() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    explained = set(re.findall(r"^([a-z][a-z-]*):.*## ", text, flags=re.MULTILINE))
    assert explained == make_targets(text)
    assert {"help", "setup", "demo", "test", "lint", "rules", "bench", "check"} <= explained


# --- the checks are checked -----------------------------------------------------------------------------------------


def test_invocations_are_read_from_blocks_and_spans_only() -> None:
    text = "Type skiptrace not.\n\n```bash\ncd a && skiptrace run --to link   # why\n```\n\n`skiptrace rules test`.\n"
    assert invocations(text, "skiptrace") == [["run", "--to", "link"], ["rules", "test"]]


def test_an_unknown_command_or_option_is_seen() -> None:
    run = click.Command("run", params=[click.Option(["--to"])])
    group = click.Group(commands=[run, click.Group("rules")], params=[click.Option(["--project"])])
    assert unknown_words(["--project", "northgate", "run", "--to=link"], group) == []
    assert unknown_words(["run", "--to", "link"], group) == []
    assert unknown_words(["fly"], group) == ["fly"]
    assert unknown_words(["run", "--from", "link"], group) == ["--from"]
    assert unknown_words(["rules", "test"], group) == ["test"]


def test_a_module_of_constants_needs_no_test_file() -> None:
    assert not has_code('"""Words."""\n\nCHANNELS = ("voice", "sms")\n\n\nclass Refused(Exception):\n    """No."""\n')
    assert has_code("class A:\n    def f(self) -> int:\n        return 1\n")


def test_a_test_file_is_found_where_the_module_is() -> None:
    found = {relative(path) for path in test_files_for(ROOT / "skiptrace/reach/channels/voice.py")}
    assert found == {
        "tests/test_voice.py",
        "tests/reach/test_voice.py",
        "tests/reach/channels/test_voice.py",
        "tests/reach/channels/voice/test_voice.py",
    }
    assert ROOT / "tests/jobs/test_runner.py" in set(test_files_for(ROOT / "jobs/runner.py"))
    assert ROOT / "tests/schema/test_schema.py" in set(test_files_for(ROOT / "skiptrace/schema/__init__.py"))
