"""The distribution: what a wheel holds, and that it works away from the checkout."""

import os
import subprocess
import sys
import tomllib
import venv
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PIP = (sys.executable, "-m", "pip", "-qq", "--disable-pip-version-check")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel once, with the build tools that are installed and no download."""
    folder = tmp_path_factory.mktemp("wheel")
    run([*PIP, "wheel", "--no-deps", "--no-build-isolation", "-w", folder, ROOT])
    (file,) = folder.glob("zelian-*.whl")
    return file


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel into a fresh environment that borrows this one's libraries; return its command."""
    folder = tmp_path_factory.mktemp("elsewhere")
    venv.create(folder, with_pip=False)
    scripts = folder / ("Scripts" if os.name == "nt" else "bin")
    python = scripts / ("python.exe" if os.name == "nt" else "python")
    site = run([python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]).strip()
    run([*PIP, "--python", python, "install", "--no-deps", "--no-index", wheel])
    borrowed = [p for p in sys.path if Path(p).name == "site-packages"]
    # A folder named in a .pth file is not searched for .pth files: an editable installation stays behind.
    Path(site, "borrowed.pth").write_text("\n".join(borrowed) + "\n", "utf-8")
    return scripts / ("zelian.exe" if os.name == "nt" else "zelian")


def run(command: Sequence[object], cwd: Path | None = None) -> str:
    """Run a command away from the checkout; return what it printed, or fail with what it complained about."""
    done = subprocess.run(
        [str(part) for part in command],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=cwd,
        env={k: v for k, v in os.environ.items() if k != "PYTHONPATH"},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_wheel_holds_every_file_of_the_ontology_and_the_data(wheel: Path) -> None:
    held = set(zipfile.ZipFile(wheel).namelist())
    for folder in ("ontology", "data"):
        wanted = {
            f"reasoner/bundle/{p.relative_to(ROOT).as_posix()}"
            for p in (ROOT / folder).rglob("*")
            if p.is_file() and "__pycache__" not in p.parts
        }
        assert wanted, folder
        assert wanted <= held


def test_the_wheel_holds_nothing_that_only_builders_need(wheel: Path) -> None:
    for name in zipfile.ZipFile(wheel).namelist():
        assert not name.startswith(("tests/", ".ci/"))
        assert "node_modules" not in name


def test_the_command_is_called_zelian() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["name"] == "zelian"
    assert project["scripts"] == {"zelian": "app.cli:main"}
    assert set(project["optional-dependencies"]) >= {"test", "owl", "spark"}


def test_an_installed_wheel_loads_and_concludes_away_from_the_checkout(
    installed: Path, tmp_path: Path
) -> None:
    where = run(
        [installed.with_name("python"), "-c", "import reasoner; print(reasoner.__file__)"], cwd=tmp_path
    )
    assert Path(where.strip()).is_relative_to(installed.parents[1])
    assert "zelian load" in run([installed, "--help"], cwd=tmp_path)
    run([installed, "load"], cwd=tmp_path)
    assert "CQ-001" in run([installed, "conclusions", "--issue", "CQ-001", "--format", "jsonl"], cwd=tmp_path)
