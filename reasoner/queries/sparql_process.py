"""One SPARQL query in a process of its own, which whoever started it ends when it takes too long.

Run as a script: reads one JSON object from standard input (``store``, ``query``, ``rows``, ``bytes``) and
writes JSON lines: ``{"variables": […]}``, then each row as a list of cells (None, or [kind, value, datatype
or language], kind one of ``iri``, ``literal``, ``other``), last ``{"end": "done" | "rows" | "bytes"}`` or
``{"error": …}``. It imports nothing of this package, so that it starts at once.
"""

import json
import sys
from collections.abc import Iterator
from typing import Any

import pyoxigraph as ox

_MEMORY = 4 << 30  # bytes; a query that wants more is ended rather than the machine


def _bounded() -> None:
    try:
        import resource  # not on Windows

        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    except (ImportError, ValueError, OSError):
        pass


def _cell(term: Any) -> list[str] | None:
    if term is None:
        return None
    if isinstance(term, ox.NamedNode):
        return ["iri", term.value, ""]
    if isinstance(term, ox.Literal):
        return ["literal", term.value, term.language or term.datatype.value]
    return ["other", str(term), ""]


def _rows(found: Any) -> Iterator[list[list[str] | None]]:
    if isinstance(found, ox.QuerySolutions):
        for solution in found:
            yield [_cell(term) for term in solution]
    elif isinstance(found, ox.QueryTriples):
        for triple in found:
            yield [_cell(term) for term in (triple.subject, triple.predicate, triple.object)]
    else:
        yield [["literal", "true" if found else "false", "http://www.w3.org/2001/XMLSchema#boolean"]]


def _variables(found: Any) -> list[str]:
    if isinstance(found, ox.QuerySolutions):
        return [variable.value for variable in found.variables]
    return ["subject", "predicate", "object"] if isinstance(found, ox.QueryTriples) else ["answer"]


def main() -> None:
    """Answer the query that stands on standard input."""
    asked = json.loads(sys.stdin.buffer.read())
    out = sys.stdout.buffer

    def say(said: object) -> int:
        line = json.dumps(said, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
        out.write(line)
        return len(line)

    _bounded()
    try:
        found = ox.Store.read_only(asked["store"]).query(asked["query"])
        written = say({"variables": _variables(found)})
        end = "done"
        for number, row in enumerate(_rows(found)):
            if number >= asked["rows"]:
                end = "rows"
                break
            written += say(row)
            if number % 50 == 0:
                out.flush()  # what there is is shown when the time is over
            if written > asked["bytes"]:
                end = "bytes"
                break
        say({"end": end})
    except SyntaxError as error:
        say({"error": "syntax", "said": str(error)})
    except (MemoryError, OSError, RuntimeError, ValueError) as error:
        say({"error": "failed", "said": str(error)})
    out.flush()


if __name__ == "__main__":
    main()
