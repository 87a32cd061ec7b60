"""The rows of predicates as views of Spark, and SELECTs of the compiler put into its words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import sqlglot
from sqlglot import exp

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

NEW = "new "
"""Before the name of a predicate: the rows that came last."""
_FEW = 300
"""A predicate with no more rows than this becomes part of the question itself."""


class Tables:
    """The rows of each predicate: a few become part of every question, more stay in their files."""

    def __init__(self, spark: SparkSession, arities: Mapping[str, int]) -> None:
        self.spark, self.arities = spark, arities
        self.codes = {name: number for number, name in enumerate(sorted(arities))}
        self.names = {code: name for name, code in self.codes.items()}
        self.arguments = [f"a{i}" for i in range(max(arities.values()))]
        self.schema = ", ".join(["predicate int", *(f"{name} bigint" for name in self.arguments)])
        self.rows: dict[str, int] = {}
        """How many rows there are, of the predicates that have any."""
        self._shown: set[str] = set()

    @property
    def columns(self) -> list[str]:
        """The columns of rows of any predicate; NULL where a predicate has fewer arguments."""
        return ["predicate", *self.arguments]

    def read(self, path: str) -> DataFrame:
        """Rows that were written."""
        return self.spark.read.schema(self.schema).parquet(path).select(*self.columns)

    def show(self, written: DataFrame, new: bool = False) -> dict[str, int]:
        """Make views of rows that were written, by predicate; return how many rows each has."""
        counted = {self.names[row[0]]: int(row[1]) for row in written.groupBy("predicate").count().collect()}
        few = [self.codes[name] for name, number in counted.items() if number <= _FEW]
        values: dict[int, list[Sequence[Any]]] = {}
        if few:
            for code, *row in written.where(f"predicate IN ({', '.join(map(str, few))})").collect():
                values.setdefault(code, []).append(row)
        for name in counted:
            code, columns = self.codes[name], self.arguments[: self.arities[name]]
            if code in values:
                texts = (", ".join(_literal(v) for v in row[: len(columns)]) for row in values[code])
                listed = ", ".join(f"({text})" for text in sorted(texts))
                rows = self.spark.sql(f"SELECT * FROM VALUES {listed} AS t({', '.join(columns)})")
            else:
                rows = written.where(f"predicate = {code}").select(*columns)
            self._name(rows, f"{NEW if new else ''}{name}")
        return counted

    def view(self, table: str) -> str:
        """The name of the view of a predicate, or of what is new of it; empty when nothing is known."""
        if table not in self._shown:
            columns = self.arguments[: self.arities[table.removeprefix(NEW)]]
            nothing = ", ".join(f"CAST(NULL AS BIGINT) AS {name}" for name in columns)
            self._name(self.spark.sql(f"SELECT {nothing} WHERE false"), table)
        return self._named(table)

    def _named(self, table: str) -> str:
        # numbered: a predicate may be called like anything that SQL knows
        return f"{'new' if table.startswith(NEW) else 'all'}_{self.codes[table.removeprefix(NEW)]}"

    def _name(self, rows: DataFrame, table: str) -> None:
        rows.createOrReplaceTempView(self._named(table))
        self._shown.add(table)

    def select(self, text: str, head: str) -> str:
        """A SELECT of the compiler in the words of Spark, as rows of any predicate; they may be repeated."""
        tree = sqlglot.parse_one(text, read="duckdb")
        tree.set("distinct", None)
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
        union = "\nUNION ALL\n".join(selects)
        return self.spark.sql(f"SELECT DISTINCT {', '.join(self.columns)} FROM ({union})")


def _literal(value: int | None) -> str:
    return "CAST(NULL AS BIGINT)" if value is None else f"{value}L"
