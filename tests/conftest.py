"""What every test gets: a record of its own, never the user's."""

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Point ZELIAN_HOME at an empty folder for the length of one test."""
    home = tmp_path / "home"
    monkeypatch.setenv("ZELIAN_HOME", str(home))
    return home
