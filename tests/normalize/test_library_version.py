from __future__ import annotations

from importlib.metadata import version

import pytest

from skiptrace.normalize import library_version
from skiptrace.normalize.library_version import PROVEN_FILES, PROVEN_VERSION, installed_files, is_proven


def test_the_installed_library_is_the_one_that_equality_was_proven_on() -> None:
    assert version("usaddress") == PROVEN_VERSION, "prove equality with the new version first, then pin it"
    assert installed_files() == PROVEN_FILES, "the library's model or code changed: prove equality again, then pin the digests"
    assert is_proven()


def test_another_model_is_not_proven(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library_version.usaddress, "MODEL_PATH", "/nowhere/usaddr.crfsuite")
    is_proven.cache_clear()
    try:
        assert not is_proven()
        assert set(installed_files().values()) == {""}
    finally:
        is_proven.cache_clear()
