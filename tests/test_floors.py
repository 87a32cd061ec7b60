"""Three floors, and no word of one on another: law in ontology/, inference in reasoner/, display in app/."""

import ast
import functools
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import rdflib

ROOT = Path(__file__).resolve().parents[1]
REASONER = sorted((ROOT / "reasoner").rglob("*.py"))
APP = [p for p in sorted((ROOT / "app").rglob("*.py")) if "node_modules" not in p.parts]

TOP_LEVEL = {
    ".ci",
    ".gitattributes",
    ".gitignore",
    "CHANGELOG.md",
    "DECISIONS.md",
    "LICENSE",
    "Makefile",
    "README.md",
    "README.zh.md",
    "app",
    "data",
    "ontology",
    "pyproject.toml",
    "reasoner",
    "requirements.lock",
    "tests",
}

ENGINES = {
    "clingo",
    "duckdb",
    "owlready2",
    "pyoxigraph",
    "oxrdflib",
    "pyshacl",
    "sqlalchemy",
}
DISPLAY = {"app", "streamlit", "altair", "rich"}

CITATION = re.compile(r"\ba\d{1,2}\.(p|i|s|n)\d|第[一二三四五六七八九十百\d]+[条款项]")
RULE = re.compile(r"\)\s*:-|:-\s*(not\s+)?\w+\(")
LAW = re.compile(
    "督察|移送|移交|逾期|整改|追责|问责|容错|销号|党政同责|市委|市政府|党委|党工委|管委会|区县|领导小组"
    "|检察|监察|公安|纪委|国资委|索赔|损害赔偿|公益诉讼|失职|重庆|chongqing|Chongqing"
)


# How months may be counted is arithmetic; which way the law counts is a parameter that names one of these.
ARITHMETIC = {"monthCounting", "correspondingDay", "startDayCounts"}


def imports(path: Path) -> set[str]:
    """Return the first parts of the names of everything that a file imports, at any depth."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found


def words(path: Path) -> Iterator[tuple[int, str]]:
    """Yield (line, text) of every name and string of a file; docstrings and comments may cite the law."""
    tree = ast.parse(path.read_text("utf-8"))
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.lineno, node.value
        for field in ("id", "attr", "arg", "name"):
            if isinstance(name := getattr(node, field, None), str):
                yield getattr(node, "lineno", 0), name


@functools.cache
def individuals_of_the_law() -> set[str]:
    """Return the local names of the statuses and of all named individuals that the ontology declares."""
    graph = rdflib.Graph()
    for file in sorted((ROOT / "ontology").glob("*.ttl")):
        graph.parse(file)
    local = {str(s).rsplit("/", 1)[-1] for s in set(graph.subjects()) if "/zelian/id/" in str(s)}
    statuses = rdflib.Graph().parse(ROOT / "ontology" / "statuses.ttl")
    for subject in set(statuses.subjects(rdflib.RDF.type, rdflib.OWL.Class)):
        name = str(subject).rsplit("#", 1)[-1]
        local |= {name, name[:1].lower() + name[1:]}
    # Only coined names tell something: "pending" or "measures" are words that any program may use.
    return {name for name in local if re.fullmatch(r"[a-z]+[A-Z]\w+", name)} - ARITHMETIC


def tracked() -> list[str]:
    """Return the paths that git tracks in this checkout."""
    done = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True, encoding="utf-8"
    )
    return [name for name in done.stdout.split("\0") if name]


@pytest.mark.parametrize("path", REASONER, ids=lambda p: p.name)
def test_the_reasoner_imports_nothing_of_the_app(path: Path) -> None:
    assert not imports(path) & DISPLAY


@pytest.mark.parametrize("path", REASONER, ids=lambda p: p.name)
def test_the_reasoner_holds_no_word_of_the_law(path: Path) -> None:
    coined = individuals_of_the_law()
    found = [
        f"{path.name}:{line}: {text!r}"
        for line, text in words(path)
        if CITATION.search(text) or LAW.search(text) or coined & set(re.findall(r"\w+", text))
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("path", APP, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_the_app_holds_no_reasoning(path: Path) -> None:
    assert not imports(path) & ENGINES
    rules = [f"{path.name}:{line}: {text!r}" for line, text in words(path) if RULE.search(text)]
    assert not rules, "\n".join(rules)


@pytest.mark.parametrize("path", APP, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_file_to_download_is_made_for_its_view(path: Path) -> None:
    if path != ROOT / "app/explorer/download.py":  # elsewhere a file is made without the view's address
        assert "download_button" not in path.read_text(encoding="utf-8")


def test_the_ontology_holds_data_only() -> None:
    kinds = {p.suffix for p in (ROOT / "ontology").rglob("*") if p.is_file()}
    assert kinds <= {".ttl", ".rq", ".yaml", ".md", ".txt"}


def test_nothing_else_lives_at_the_top_level() -> None:
    assert {name.split("/")[0] for name in tracked()} <= TOP_LEVEL


def test_the_lock_holds_versions_and_hashes_and_no_address() -> None:
    pinned = re.compile(r"[a-z0-9][a-z0-9.-]*==[\w.]+( ; [\w .'<>=!_]+)? \\")
    hashed = re.compile(r"    --hash=sha256:[0-9a-f]{64}( \\)?")
    origin = re.compile(
        r"    # +(via( [a-z0-9.-]+)?|[a-z0-9.-]+|zelian \(pyproject\.toml\))|    # via zelian \(.*\)"
    )
    for line in (ROOT / "requirements.lock").read_text("utf-8").splitlines():
        assert any(form.fullmatch(line) for form in (pinned, hashed, origin)), line
