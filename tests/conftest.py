"""What every test gets: a record of its own, never the user's."""

from pathlib import Path

import pytest

from reasoner import ledger
from reasoner.pipeline import RECORD_FILE
from reasoner.records.record import Record


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Point ZELIAN_HOME at an empty folder for the length of one test."""
    home = tmp_path / "home"
    monkeypatch.setenv("ZELIAN_HOME", str(home))
    monkeypatch.delenv("ZELIAN_DATABASE", raising=False)
    monkeypatch.delenv("ZELIAN_LANG", raising=False)
    return home


@pytest.fixture(scope="session")
def bundled_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose record holds the bundled registry and public ledger; for reading only."""
    home = tmp_path_factory.mktemp("bundled")
    with Record.open(home / RECORD_FILE) as record:
        assert not ledger.load_bundled(record).unusable
    return home


@pytest.fixture(scope="session")
def sampled_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose record holds the samples besides; for reading only."""
    home = tmp_path_factory.mktemp("sampled")
    with Record.open(home / RECORD_FILE) as record:
        assert not ledger.load_bundled(record, samples=True).unusable
    return home
