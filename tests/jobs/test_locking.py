from __future__ import annotations

from pathlib import Path

import pytest

from jobs.locking import locked
from skiptrace.errors import SafeToRerun


def test_one_at_a_time_and_free_again_after_an_error(tmp_path: Path) -> None:
    with locked(tmp_path), pytest.raises(SafeToRerun, match="under way"), locked(tmp_path):
        pass
    with pytest.raises(KeyError), locked(tmp_path):
        raise KeyError
    with locked(tmp_path):
        assert (tmp_path / "lock").stat().st_mode & 0o777 == 0o600
