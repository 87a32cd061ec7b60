"""A store of facts in memory, and what follows from them, for ``incremental``."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator

from reasoner.batch.incremental import Atoms, Incremental
from reasoner.engine import calendar
from reasoner.engine.evaluate import Model, Program, evaluate
from reasoner.engine.facts import Facts, completed
from reasoner.engine.join import Ground, Plan, Row
from reasoner.engine.reader import READ
from reasoner.pipeline import Ontology
from reasoner.rulebook.rules import Comparison, Rule, Value


class Recorded:
    """Statements and what follows from them as of a day; ``reasoner.batch.incremental.Store`` in memory."""

    def __init__(self, statements: Iterable[Ground], rules: Ontology, as_of: int) -> None:
        self.rules, self.as_of = rules, as_of
        self._about: dict[Value, dict[Ground, None]] = defaultdict(dict)
        self._naming: dict[Value, dict[Ground, None]] = defaultdict(dict)
        self._counting = ""
        self.model = Model()
        self.change([a for a in dict.fromkeys(statements) if a[0] in rules.book.used], ())

    def about(self, entities: Iterable[Value]) -> list[Ground]:
        """The statements of which one of the entities is the subject."""
        return [atom for e in entities for atom in self._about.get(e, ())]

    def naming(self, entities: Iterable[Value]) -> list[Ground]:
        """The statements of which one of the entities is the second argument."""
        return [atom for e in entities for atom in self._naming.get(e, ())]

    def every(self) -> Iterable[Ground]:
        """All recorded statements that rules can use."""
        return (atom for atoms in self._about.values() for atom in atoms)

    def change(self, come: Collection[Ground], gone: Collection[Ground]) -> None:
        """Change what is recorded."""
        for atom in gone:
            for value, where in zip(atom[1], (self._about, self._naming), strict=False):
                where[value].pop(atom)
        for atom in come:
            for value, where in zip(atom[1], (self._about, self._naming), strict=False):
                where[value][atom] = None

    def completed(self) -> Facts:
        """The facts with what ontology, parameters, the day and the calendar add."""
        facts = Facts()
        for predicate, row in self.rules.vocabulary.statements:
            if predicate in self.rules.book.used:
                facts.add((predicate, row), source={"ontology": row[0]})
        for atom in self.every():
            facts.add(atom)
        return completed(facts, self.rules.book, self.as_of)

    def beside(self) -> Iterable[Ground]:
        """What ontology, parameters, the day and the calendar add."""
        facts = self.completed()
        self._counting = facts.counting
        return list(facts.outside)

    def months(self, days: Iterable[int]) -> Iterable[Ground]:
        """What the calendar adds for days."""
        return calendar.facts(days, self.rules.book.months, self._counting)

    def evaluated(self, rules: list[Rule], needed: Collection[str], again: bool) -> None:
        """Evaluate everything."""
        self.model = evaluate(self.completed().atoms, Program(rules))

    def prepare(self, parts: list[Rule], own: Collection[Value]) -> None:
        """Nothing: the parts of rules were evaluated with the rest."""

    def counted(self, rule: Rule) -> Iterator[tuple[Row, int]]:
        """What a rule concludes, and by how many uses."""
        plan, found = Plan(rule), Counter[Row]()
        plan.run(self.model.matching, lambda values: found.update((plan.ground_head(values),)))
        yield from found.items()

    def rows(self, predicate: str) -> Collection[Row]:
        """What follows of a predicate."""
        return list(self.model.rows(predicate))

    def replace(self, gone: Atoms, come: Atoms) -> None:
        """Change what follows."""
        for name, rows in gone.items():
            for row in rows:
                self.model.relations[name].rows.pop(row)
        for name, rows in come.items():
            for row in rows:
                self.model.relations[name].add(row)


def words(rules: Ontology) -> set[Value]:
    """The names that rules and ontology speak of: they are standing whatever a record says of them."""
    found: set[Value] = {v for _, row in rules.vocabulary.statements for v in row}
    found |= {
        a for rule in rules.book.rules for atom in rule.atoms() for a in atom.args if isinstance(a, str)
    }
    for rule in rules.book.rules:
        for literal in rule.body:
            if isinstance(literal, Comparison):
                found |= {t for t in (literal.left, literal.right) if isinstance(t, str)}
    return found


def concluded(rules: Ontology) -> frozenset[str]:
    """The predicates that conclusions are read off."""
    from reasoner.answers import procedure

    found = {p.name for p in rules.vocabulary.predicates.values() if p.is_status or p.is_remark}
    return frozenset(found | READ | procedure.READ)


def kept_up(statements: Iterable[Ground], rules: Ontology, as_of: int) -> Incremental:
    """The conclusions from statements in memory, kept up with them."""
    store = Recorded(statements, rules, as_of)
    return Incremental(store, rules.book.rules, rules.vocabulary, concluded(rules), words(rules))
