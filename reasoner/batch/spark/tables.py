"""The rows of predicates as views of Spark, and SELECTs of the compiler put into its words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import sqlglot
from sqlglot import exp

from reasoner.engine.sql import Numbered
from reasoner.rulebook.rules import Atom, Var

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

NEW = "new "
"""Before the name of a predicate: the rows that came last."""
_ROUGHLY = 0.1
"""By how much a number of different values may be wrong."""
_FEW = 300
"""A predicate with no more rows than this becomes part of the question itself."""


class Tables:
    """The rows of each predicate: a few become part of every question, more stay in their files."""

    def __init__(self, spark: SparkSession, arities: Mapping[str, int]) -> None:
        self.spark, self.arities = spark, arities
        self.codes = {name: number for number, name in enumerate(sorted(arities))}
        self.names = {code: name for name, code in self.codes.items()}
        self.arguments = [f"a{i}" for i in range(max(arities.values()))]
        self.typed = ["predicate int", *(f"{name} bigint" for name in self.arguments)]
        self.small = True
        self.rows: dict[str, int] = {}
        """How many rows there are, of the predicates that have any."""
        self._sizes: dict[str, tuple[int, list[int]]] = {}
        """Rows of each table, and how many different values each of its columns has, by and large."""
        self._known: dict[str, DataFrame | list[Sequence[Any]]] = {}
        self._viewed: set[str] = set()

    @property
    def columns(self) -> list[str]:
        """The columns of rows of any predicate; NULL where a predicate has fewer arguments."""
        return ["predicate", *self.arguments]

    def read(self, path: str) -> DataFrame:
        """Rows that were written."""
        return self.spark.read.schema(", ".join(self.typed)).parquet(path).select(*self.columns)

    def show(self, written: DataFrame, new: bool = False) -> dict[str, int]:
        """Know the rows that were written, by predicate; return how many each has."""
        counts = (f"approx_count_distinct({name}, {_ROUGHLY})" for name in self.arguments)
        written.createOrReplaceTempView("written")
        grouped = f"SELECT predicate, count(*), {', '.join(counts)} FROM written GROUP BY predicate"
        counted: dict[str, int] = {}
        for code, number, *different in self.spark.sql(grouped).collect():
            name = self.names[code]
            counted[name] = int(number)
            self._sizes[f"{NEW if new else ''}{name}"] = int(number), [max(1, each) for each in different]
        few = {self.codes[name] for name, number in counted.items() if number <= _FEW}
        found: dict[int, list[Sequence[Any]]] = {}
        if few:
            for code, *row in written.where(f"predicate IN ({', '.join(map(str, sorted(few)))})").collect():
                found.setdefault(code, []).append(row)
        for name in counted:
            code, table = self.codes[name], f"{NEW if new else ''}{name}"
            rows = found.get(code)
            self._known[table] = written if rows is None else [row[: self.arities[name]] for row in rows]
            self._viewed.discard(table)
        return counted

    def view(self, table: str) -> str:
        """The name of the view of a predicate, or of what is new of it; made when it is first asked for."""
        predicate = table.removeprefix(NEW)
        # numbered: a predicate may be called like anything that SQL knows
        called = f"{'new' if table.startswith(NEW) else 'all'}_{self.codes[predicate]}"
        if table not in self._viewed:
            columns = self.arguments[: self.arities[predicate]]
            known = self._known.get(table, [])
            if isinstance(known, list):
                rows = values(self.spark, [f"{name} bigint" for name in columns], sorted(known, key=str))
            else:
                rows = known.where(f"predicate = {self.codes[predicate]}").select(*columns)
            rows.createOrReplaceTempView(called)
            self._viewed.add(table)
        return called

    def ordered(self, atoms: Numbered, instead: Mapping[int, str]) -> Numbered:
        """The joined atoms of a rule, each time the one next that leaves the fewest rows.

        Spark joins in the order it is given: without this, all findings of one kind meet one another.
        """

        def matches(number: int, atom: Atom) -> float:
            """How many rows of the atom's table there are to one row of what is joined so far."""
            rows, different = self._sizes[instead.get(number, atom.predicate)]
            found, here = float(rows), set[Var]()
            for arg, values in zip(atom.args, different, strict=False):
                if not isinstance(arg, Var) or arg in known or arg in here:
                    found /= values
                elif isinstance(arg, Var):
                    here.add(arg)
            return found

        left, order, known = list(atoms), Numbered(), set[Var]()
        while left:
            linked = [each for each in left if known & set(each[1].variables())] or left
            best = min(linked, key=lambda each: matches(*each))
            left.remove(best)
            order.append(best)
            known |= set(best[1].variables())
        return order

    def select(self, text: str, head: str) -> str:
        """A SELECT of the compiler in the words of Spark, as rows of any predicate; they may be repeated."""
        tree = sqlglot.parse_one(text, read="duckdb")
        for table in tree.find_all(exp.Table):
            table.set("this", exp.to_identifier(self.view(table.name)))
        return self._of(tree, head)

    def every(self, predicate: str) -> str:
        """The SELECT of all rows of a predicate."""
        columns = self.arguments[: self.arities[predicate]]
        return self._of(exp.select(*columns).from_(self.view(predicate)), predicate)

    def _of(self, tree: Any, head: str) -> str:
        more = self.arguments[self.arities[head] :]
        nothing = [f"CAST(NULL AS BIGINT) AS {name}" for name in more]
        return str(tree.select(*nothing, f"{self.codes[head]} AS predicate", dialect="spark").sql("spark"))

    def once(self, selects: Sequence[str]) -> DataFrame:
        """The rows of several SELECTs, each once."""
        union = self.spark.sql("\nUNION ALL\n".join(selects)).select(*self.columns)
        # in one task when there is little to do: to start a task takes longer than all the joins of a layer
        return (union.coalesce(1) if self.small else union).distinct()


def values(
    spark: SparkSession, columns: Sequence[str], rows: Sequence[Sequence[str | int | None]]
) -> DataFrame:
    """A few rows as a part of the question itself; ``columns``: name and type of each."""
    casts = ", ".join(f"CAST({name} AS {kind}) AS {name}" for name, kind in map(str.split, columns))
    names = ", ".join(name for name, _ in map(str.split, columns))
    if not rows:
        nothing = ", ".join(f"CAST(NULL AS {kind}) AS {name}" for name, kind in map(str.split, columns))
        return spark.sql(f"SELECT {nothing} WHERE false")
    listed = ", ".join(f"({', '.join(map(_literal, row))})" for row in rows)
    return spark.sql(f"SELECT {casts} FROM VALUES {listed} AS t({names})")


def _literal(value: str | int | None) -> str:
    if value is None:
        return "NULL"
    return f"{value}L" if isinstance(value, int) else str(exp.Literal.string(value).sql("spark"))
