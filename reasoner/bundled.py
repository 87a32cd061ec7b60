"""Where the ontology and the data lie: beside this package in a checkout, inside it in a wheel."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def path(*parts: str) -> Path:
    """Return the path of a bundled file or folder, e.g. ``path("ontology", "regulation")``.

    Raises FileNotFoundError when the distribution does not hold it.
    """
    for root in (_PACKAGE / "bundle", _PACKAGE.parent):
        candidate = root.joinpath(*parts)
        if candidate.exists():
            return candidate
    raise FileNotFoundError(f"not part of this distribution: {'/'.join(parts)}")
