"""The rules on Spark, layer by layer.

    facts Parquet ─ facts ─▶ integers ─ a question per layer ─▶ rows of every predicate ─ names ─▶ conclusions

The question of a layer is the UNION ALL of the SELECTs of its rules, each row with the number of its
predicate. Its answer is written to a working folder, which every machine of the cluster reaches; so no plan
is longer than a layer, and what is lost with a machine is read again. Only SQL is sent: the machines of a
cluster need neither Python nor this project.
"""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from reasoner.batch.layers import Layer, layers, needed
from reasoner.batch.spark import facts
from reasoner.batch.spark.session import Folder, SparkError, tune
from reasoner.batch.spark.tables import NEW, Tables, values
from reasoner.engine import calendar
from reasoner.engine.sql import Compiler, Dictionary
from reasoner.pipeline import Ontology
from reasoner.rulebook.rules import Rule

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_AT_ONCE = 48
"""SELECTs in one question: planning takes longer than in proportion."""
_ROUNDS = 1000
"""The parts of a layer that are numbered from here on come from asking again."""

Progress = Callable[[int, int], None]


def reason(
    spark: SparkSession,
    files: Sequence[str],
    out: str,
    rules: Ontology,
    as_of: datetime.date,
    progress: Progress | None = None,
) -> dict[str, int]:
    """Write what follows to ``out/conclusions/predicate=NAME`` and return how many rows each predicate has.

    ``files`` and ``out``: paths or addresses that every machine of the cluster reaches. Written are the
    statuses and the remarks on them; columns a0, a1 … are the arguments as text, numbers in digits. Raises
    FactsError for files that cannot be used, SparkError for an ``out`` that has conclusions already.
    """
    home = Folder(spark, out).path.rstrip("/")
    work, conclusions = Folder(spark, f"{home}/work"), Folder(spark, f"{home}/conclusions")
    for folder in (work, conclusions):
        if folder.exists():
            raise SparkError(f"文件夹已存在：{folder.path} / folder exists already: {folder.path}")
    try:
        run = Run(spark, work.path, rules)
        run.load(files, calendar.to_int(as_of))
        run.evaluate(progress)
        run.write(conclusions.path)
    finally:
        work.delete()
    return {name: run.tables.rows[name] for name in run.wanted if name in run.tables.rows}


class Run:
    """One evaluation, in a working folder of its own."""

    def __init__(self, spark: SparkSession, work: str, rules: Ontology) -> None:
        self.spark, self.work, self.rules = spark, work, rules
        self.tables = Tables(spark, {a.predicate: len(a.args) for r in rules.book.rules for a in r.atoms()})
        predicates = rules.vocabulary.predicates.values()
        self.wanted = sorted(
            p.name for p in predicates if (p.is_status or p.is_remark) and p.name in self.tables.codes
        )
        self.dictionary = Dictionary()

    def load(self, files: Sequence[str], as_of: int) -> None:
        """Encode the facts and what completes them; they are layer 0."""
        tables = self.tables
        raw = facts.read(self.spark, files, sorted(self.rules.book.used & tables.codes.keys()))
        facts.check(raw, tables.arities)
        tables.small = tune(self.spark, raw.count())
        coded, self.dictionary = facts.name(raw, self.rules, f"{self.work}/names")
        recorded = facts.encoded(raw, coded, tables.codes)
        nothing = [f"CAST(NULL AS BIGINT) AS {name}" for name in tables.arguments[2:]]
        encode, width = self.dictionary.encode, len(tables.arguments)
        stated = [
            (tables.codes[name], *map(encode, row), *[None] * (width - len(row)))
            for name, row in facts.beside(raw, self.rules, as_of).outside
            if name in tables.codes
        ]
        whole = recorded.selectExpr("predicate", "a0", "a1", *nothing)
        whole = whole.unionAll(values(self.spark, tables.typed, stated))
        self._shown(0, [whole.hint("rebalance", "predicate")])

    def evaluate(self, progress: Progress | None = None) -> None:
        """Evaluate the layers in order; ``progress(done, total)`` after each."""
        found = layers(needed(self.rules.book.rules, self.wanted, self.tables.rows.keys()))
        for number, layer in enumerate(found, 1):
            known = self._shown(number, map(self.tables.once, self._first(layer)))
            if layer.repeated & known.keys():
                self._repeat(layer, number)
            if progress:
                progress(number, len(found))

    def _path(self, layer: int) -> str:
        return f"{self.work}/rows/layer={layer}"

    def _shown(self, layer: int, answers: Iterator[DataFrame] | Sequence[DataFrame]) -> dict[str, int]:
        """Write the answers of a layer, several at a time; how many rows each of its predicates has."""

        def write(part: int, rows: DataFrame) -> None:
            for form in ("short", "long"):  # otherwise Spark looks through its stack for every table it sends
                self.spark.sparkContext.setLocalProperty(f"callSite.{form}", f"layer {layer}")
            self._write(rows, f"{self._path(layer)}/part={part}")

        asked = list(answers)
        if not asked:
            return {}
        with ThreadPoolExecutor(max(2, self.spark.sparkContext.defaultParallelism)) as pool:
            list(pool.map(write, range(len(asked)), asked))
        known = self.tables.show(self.tables.read(self._path(layer)))
        self.tables.rows |= known
        return known

    def _write(self, rows: DataFrame, path: str) -> None:
        """One file of all predicates when there is little to write, otherwise a folder for each."""
        if self.tables.small:
            rows.write.parquet(path)
        else:
            rows.write.partitionBy("predicate").parquet(path)

    def _empty(self) -> frozenset[str]:
        return frozenset(self.tables.codes.keys() - self.tables.rows.keys())

    def _first(self, layer: Layer) -> Iterator[list[str]]:
        """The questions of a layer: its SELECTs, those of one predicate together, and what is stated."""
        compiler, empty = Compiler(layer.rules, self.dictionary), self._empty()
        by_head: dict[str, list[str]] = {}
        for rule in layer.rules:
            if empty.isdisjoint(atom.predicate for atom in rule.positive()):
                by_head.setdefault(rule.head.predicate, []).append(self._select(compiler, rule, empty))
        waiting: list[str] = []
        for head in sorted(layer.heads):
            if head in self.tables.rows and (head in by_head or head in layer.repeated):
                waiting.append(self.tables.every(head))
            waiting += by_head.get(head, ())
            if len(waiting) >= _AT_ONCE:
                yield waiting
                waiting = []
        if waiting:
            yield waiting

    def _select(
        self, compiler: Compiler, rule: Rule, empty: Collection[str], instead: Mapping[int, str] | None = None
    ) -> str:
        """The SELECT of a rule; rows that come twice do no harm, since every answer is made distinct."""
        found = instead or {}
        text = compiler.select(
            rule, empty, found, repeated=True, ordered=lambda atoms: self.tables.ordered(atoms, found)
        )
        return self.tables.select(text, rule.head.predicate)

    def _repeat(self, layer: Layer, number: int) -> None:
        """Ask again, each time only what follows from the rows that came last, until nothing is new."""
        tables, compiler = self.tables, Compiler(layer.rules, self.dictionary)
        codes = ", ".join(str(tables.codes[name]) for name in sorted(layer.repeated))

        def repeated(path: str) -> DataFrame:
            return tables.read(path).where(f"predicate IN ({codes})")

        new = repeated(self._path(number))
        for part in itertools.count(_ROUNDS):
            fresh = tables.show(new, new=True)
            empty = self._empty()
            selects = [
                self._select(compiler, rule, empty, {place: f"{NEW}{atoms[place].predicate}"})
                for rule in layer.rules
                for atoms in [list(rule.positive())]
                if empty.isdisjoint(atom.predicate for atom in atoms)
                for place in layer.circles(rule)
                if atoms[place].predicate in fresh
            ]
            if not selects:
                return
            path = f"{self._path(number)}/part={part}"
            self._write(tables.once(selects).subtract(repeated(self._path(number))), path)
            new = repeated(path)
            if not new.head(1):
                return
            tables.rows |= tables.show(repeated(self._path(number)))

    def write(self, path: str) -> None:
        """Write the rows of what is wanted with the names for the codes."""
        tables, names = self.tables, self.spark.read.parquet(f"{self.work}/names")
        found = [name for name in self.wanted if name in tables.rows]
        called = [(tables.codes[name], name) for name in found]
        numbered = values(self.spark, ["predicate int", "called string"], called).hint("broadcast")
        whole = values(self.spark, [f"{name} string" for name in tables.columns], [])
        for arity in sorted({tables.arities[name] for name in found}):
            own = tables.arguments[:arity]
            rows = tables.once([tables.every(name) for name in found if tables.arities[name] == arity])
            for argument in own:
                known = names.selectExpr(f"code AS {argument}", f"name AS {argument}_name")
                rows = rows.join(known, argument, "left")
            texts = [f"coalesce({a}_name, CAST({a} AS STRING)) AS {a}" for a in own]
            nothing = [f"CAST(NULL AS STRING) AS {a}" for a in tables.arguments[arity:]]
            rows = rows.join(numbered, "predicate")
            whole = whole.unionAll(rows.selectExpr("called AS predicate", *texts, *nothing))
        whole.write.partitionBy("predicate").parquet(path)
