"""Conclusions as files, a part at a time: Parquet, CSV and N-Triples.

Every row is one conclusion, with the columns of ``SCHEMA``; a list has what stands beside it (issues,
bearers). RDF says the same in the terms of ``reasoner.queries.triples``, without labels. Rows come from a run
(``exported``) or are made of conclusions at hand (``rows_of``).
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from reasoner.batch import written
from reasoner.batch.generator.fact_files import iris, joined
from reasoner.queries.triples import DATES, ELI, ENTITIES, RDF, XSD
from reasoner.rulebook.norms import LawBook
from reasoner.rulebook.vocabulary import ENTITY, NAMESPACE, Text

if TYPE_CHECKING:
    from reasoner.engine.conclusions import Conclusion

FORMATS = {"parquet": ".parquet", "csv": ".csv", "rdf": ".nt"}
"""The formats and the ending of a file of each."""
VERSION = 16
"""Signs of the digest of the rules that every row has."""
_LIST, _DAY = pa.list_(pa.string()), pa.date32()
SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("norm", pa.string()),
        ("provision", pa.string()),  # where in the regulation the norm stands
        ("status", pa.string()),
        ("status_label", pa.string()),
        ("subject", pa.string()),  # the matter: an issue, an inspection, a task …
        ("issues", _LIST),
        ("inspection", pa.string()),
        ("kind", pa.string()),
        ("bearers", _LIST),
        ("bearers_named", _LIST),
        ("destinations", _LIST),
        ("reason", pa.string()),
        ("reason_label", pa.string()),
        ("missing", pa.string()),
        ("since", _DAY),
        ("due", _DAY),
        ("done", _DAY),
        ("as_of", _DAY),
        ("rules", pa.string()),  # which rules: the beginning of their digest
    ]
)
_FORMULA = r"^([=+\-@\t\r\n＝＋－＠])"
"""What makes a spreadsheet take a text for a formula; such a text gets an apostrophe."""
_BATCH = 10_000

Put = Callable[[pa.RecordBatch], object]


def write(
    batches: Iterable[pa.RecordBatch],
    path: Path,
    form: str,
    book: LawBook,
    progress: Callable[[int], None] = lambda _: None,
    between: str = "、",
) -> int:
    """Write conclusions and return how many; the file appears when it is complete.

    ``form``: one of ``FORMATS``; RDF for a file whose name ends in .gz is compressed. ``between`` separates
    the parts of a list in CSV. Raises OSError when the file cannot be written.
    """
    opens: dict[str, Callable[[Path], AbstractContextManager[Put]]] = {
        "parquet": _parquet,
        "csv": lambda place: _csv(place, between),
        "rdf": lambda place: _triples(place, book, written.is_zipped(path)),
    }
    return written.write(batches, path, opens[form], progress)


@contextmanager
def _parquet(path: Path) -> Iterator[Put]:
    import pyarrow.parquet as pq

    with pq.ParquetWriter(path, SCHEMA, compression="zstd") as writer:
        yield writer.write_batch


@contextmanager
def _csv(path: Path, between: str) -> Iterator[Put]:
    from pyarrow import csv

    with path.open("wb") as file:
        file.write("\ufeff".encode())  # Excel takes a CSV for UTF-8 only when it opens with this mark
        with csv.CSVWriter(file, plain([], between).schema) as writer:
            yield lambda batch: writer.write_table(plain([batch], between))


def plain(batches: list[pa.RecordBatch], between: str) -> pa.Table:
    """Conclusions as text and days only, for a spreadsheet: lists joined, nothing that starts a formula."""
    table = pa.Table.from_batches(batches, SCHEMA)
    for place, field in enumerate(SCHEMA):
        column = table.column(place)
        if field.type == _LIST:
            column = pc.binary_join(column, between)
        if field.type != _DAY:
            column = pc.replace_substring_regex(column, _FORMULA, r"'\1")
            table = table.set_column(place, field.name, column)
    return table


@contextmanager
def _triples(path: Path, book: LawBook, zipped: bool) -> Iterator[Put]:
    with written.plain_or_zipped(path, zipped) as file:
        file.write(f"# rules {book.digest}\n".encode())  # no term of the ontology says it
        yield lambda batch: file.write("".join(_lines(batch, book)).encode())


def _lines(batch: pa.RecordBatch, book: LawBook) -> Iterator[str]:
    """Each conclusion in triples, as ``reasoner.queries.triples.conclusions`` writes them."""
    law = f"{book.regulation.iri}/"
    nodes = joined(f"<{ENTITY}", batch["id"], "> ")
    status = pc.ascii_upper(pc.utf8_slice_codeunits(batch["status"], 0, 1))
    status = joined(f"<{NAMESPACE}", status, pc.utf8_slice_codeunits(batch["status"], 1), ">")
    yield from _said(nodes, f"<{RDF}type>", pa.repeat(f"<{NAMESPACE}Conclusion>", batch.num_rows))
    yield from _said(nodes, f"<{RDF}type>", status)
    yield from _said(nodes, f"<{NAMESPACE}underNorm>", joined(f"<{law}", batch["norm"], ">"))
    yield from _said(nodes, f"<{ELI}cites>", joined(f"<{law}", batch["provision"], ">"))
    yield from _said(nodes, f"<{NAMESPACE}onMatter>", iris(batch["subject"]))
    for name, term in ENTITIES.items():
        column = batch[name]
        if column.type == _LIST:
            yield from _said(
                nodes.take(pc.list_parent_indices(column)), f"<{NAMESPACE}{term}>", iris(column.flatten())
            )
        else:
            known = pc.is_valid(column)
            yield from _said(nodes.filter(known), f"<{NAMESPACE}{term}>", iris(column.filter(known)))
    for name, term in DATES.items():
        known = pc.is_valid(batch[name])
        days = joined('"', pc.cast(batch[name].filter(known), pa.string()), f'"^^<{XSD}date>')
        yield from _said(nodes.filter(known), f"<{NAMESPACE}{term}>", days)


def _said(nodes: pa.Array, term: str, objects: pa.Array) -> list[str]:
    lines: list[str] = joined(nodes, f"{term} ", objects, " .\n").to_pylist()
    return lines


def rows_of(conclusions: Iterable[Conclusion], book: LawBook, language: str) -> Iterator[pa.RecordBatch]:
    """Conclusions at hand as rows; labels and names in a language (zh, en)."""
    waiting = iter(conclusions)
    while some := list(islice(waiting, _BATCH)):
        rows = [_row(each, book, language) for each in some]
        yield pa.RecordBatch.from_pylist(rows, SCHEMA)


def _row(c: Conclusion, book: LawBook, language: str) -> dict[str, Any]:
    def day(iso: str | None) -> datetime.date | None:
        return datetime.date.fromisoformat(iso) if iso else None

    def said(text: Text) -> str | None:
        return text.get(language)

    bearers = sorted(c.bearers, key=lambda each: str(each["id"]))

    return {
        "id": c.id,
        "norm": c.norm,
        "provision": book.by_constant[str(c.atom[1][0])].place,
        "status": c.status,
        "status_label": said(c.status_label),
        "subject": c.subject,
        "issues": list(c.issues),
        "inspection": c.inspection,
        "kind": c.kind,
        "bearers": [each["id"] for each in bearers],
        "bearers_named": [said(each["name"]) for each in bearers],
        "destinations": sorted(each["id"] for each in c.destinations),
        "reason": c.reason,
        "reason_label": said(c.reason_label),
        "missing": c.missing,
        "since": day(c.since),
        "due": day(c.due),
        "done": day(c.done),
        "as_of": day(c.as_of),
        "rules": book.digest[:VERSION],
    }
