from __future__ import annotations

import multiprocessing
import random
import time
from pathlib import Path

import pytest

from tests.bench import exchange
from tests.bench.exchange import CANARY, Scene
from tests.pgp_keys import Keys
from tests.sftp_server import SftpServer


@pytest.mark.slow
def test_two_killed_uploads_and_fetches_are_completed_and_damaged_files_leave_no_trace() -> None:
    if why := exchange.lacking():
        pytest.skip(f"needs what the bench needs: {why}")
    figures, wrong = exchange.measure(2, 20260630, 3)
    assert wrong == []
    assert [figure.name for figure in figures if figure.holds is False] == []
    values = {figure.name: figure.value for figure in figures}
    assert values["uploads killed before they ended"] == values["fetches killed before they ended"] == 2
    assert values["damaged files refused"] >= 25


def test_a_trace_would_be_found(server: SftpServer, keys: Keys, tmp_path: Path) -> None:
    pytest.importorskip("pyrage")
    scene = Scene(tmp_path, server, keys, 1, random.Random(1))
    scene.temporary.mkdir()
    assert scene.traces() == []
    for place in (scene.project / ".skiptrace" / "receiving" / "opened", scene.temporary / "left"):
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(b"x" * 100_000 + CANARY)
    assert len(scene.traces()) == 2


def test_a_process_that_is_quick_is_not_killed_and_what_is_seen_is_counted() -> None:
    clean = multiprocessing.get_context("spawn")
    quick, slow = clean.Process(target=time.sleep, args=(0,)), clean.Process(target=time.sleep, args=(60,))
    quick.start()
    slow.start()
    assert exchange.killed(quick, 30, lambda: True)[0] is False
    was_killed, seen = exchange.killed(slow, 0.05, lambda: True)
    assert was_killed
    assert seen > 1
