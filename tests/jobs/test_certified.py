from __future__ import annotations

import subprocess
import sys

from jobs.certified import roles_in


def test_only_uris_that_name_a_role_are_roles() -> None:
    names = (("DNS", "urn:skiptrace:client"), ("URI", "urn:skiptrace:owner"), ("URI", "urn:skiptrace:worker"), ("URI", "worker"))
    assert roles_in({"subjectAltName": names}) == {"worker"}
    assert roles_in(None) == roles_in({}) == frozenset()


def test_a_worker_process_begins_with_little_more_than_the_library() -> None:
    code = "import sys, jobs.roles; print([name for name in ('duckdb', 'pyarrow.dataset', 'pydantic', 'numba') if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
