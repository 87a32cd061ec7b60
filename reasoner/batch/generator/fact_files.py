"""Facts written to a file, a part at a time: Parquet, CSV or N-Triples (which is Turtle as well).

The columns of Parquet and CSV are those of ``rows.COLUMNS``, all text. RDF says the same statements in the
terms of the ontology, as ``zelian load`` reads them. A file appears when it is complete, not before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from reasoner.batch import written
from reasoner.batch.generator.rows import SCHEMA
from reasoner.queries.triples import RDF, XSD, iri
from reasoner.rulebook.vocabulary import NAMESPACE, Vocabulary

FORMATS = {"parquet": ".parquet", "csv": ".csv", "rdf": ".nt"}
"""The formats and the ending of a file of each."""

Write = Callable[[pa.Table], object]
_ESCAPES = (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t"))
_DAY = r"^(\d{4})(\d{2})(\d{2})$"


def write(
    tables: Iterable[pa.Table],
    path: Path,
    form: str,
    vocabulary: Vocabulary,
    progress: Callable[[int], None] = lambda _: None,
) -> int:
    """Write statements and return how many; ``progress(rows)`` after each part.

    ``form``: one of ``FORMATS``; RDF in a file whose name ends in .gz is compressed. Raises OSError when the
    file cannot be written.
    """
    opens: dict[str, Callable[[Path], AbstractContextManager[Write]]] = {
        "parquet": _parquet,
        "csv": _csv,
        "rdf": lambda place: _triples(place, vocabulary, written.is_zipped(path)),
    }
    return written.write(tables, path, opens[form], progress)


@contextmanager
def _parquet(path: Path) -> Iterator[Write]:
    import pyarrow.parquet as pq

    with pq.ParquetWriter(path, SCHEMA, compression="zstd") as writer:
        yield writer.write_table


@contextmanager
def _csv(path: Path) -> Iterator[Write]:
    from pyarrow import csv

    with csv.CSVWriter(path, SCHEMA) as writer:
        yield writer.write_table


@contextmanager
def _triples(path: Path, vocabulary: Vocabulary, zipped: bool) -> Iterator[Write]:
    with written.plain_or_zipped(path, zipped) as file:

        def put(table: pa.Table) -> None:
            lines = triples(table, vocabulary).to_pylist()
            file.write("".join(lines).encode())

        yield put


def triples(statements: pa.Table, vocabulary: Vocabulary) -> pa.Array:
    """Each statement as a line of N-Triples."""
    predicates, subjects, objects, kinds = (statements[name].combine_chunks() for name in SCHEMA.names)
    is_class = pc.equal(kinds, "class")
    own = _mapped(predicates, lambda name: f"<{NAMESPACE}{vocabulary.class_names.get(name, name)}>")
    said = pc.case_when(
        pc.make_struct(
            is_class, pc.equal(kinds, "date"), pc.equal(kinds, "integer"), pc.equal(kinds, "text")
        ),
        own,
        joined('"', pc.replace_substring_regex(objects, _DAY, r"\1-\2-\3"), f'"^^<{XSD}date>'),
        joined('"', objects, f'"^^<{XSD}integer>'),
        joined('"', _escaped(objects), '"'),
        iris(objects),
    )
    return joined(
        iris(subjects),
        " ",
        pc.if_else(is_class, f"<{RDF}type>", own),
        " ",
        said,
        " .\n",
    )


def iris(ids: pa.Array) -> pa.Array:
    """The IRI of each entity, in its brackets."""
    return _mapped(ids, lambda id: f"<{iri(id)}>")


def _mapped(texts: pa.Array, change: Callable[[str], str]) -> pa.Array:
    """Each text changed; a text that comes again is changed once."""
    encoded = texts.dictionary_encode()
    changed = pa.array([change(text) for text in encoded.dictionary.to_pylist()], pa.string())
    return changed.take(encoded.indices)


def _escaped(texts: pa.Array) -> pa.Array:
    for sign, escape in _ESCAPES:
        texts = pc.replace_substring(texts, sign, escape)
    return texts


def joined(*parts: pa.Array | str) -> pa.Array:
    """Texts put together; a text that stands alone is the same in every place."""
    every = [pa.scalar(part, pa.string()) if isinstance(part, str) else part for part in parts]
    return pc.binary_join_element_wise(*every, pa.scalar("", pa.string()))
