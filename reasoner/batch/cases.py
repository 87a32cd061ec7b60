"""Cases in a run: what bears on one issue or inspection, fetched by point lookups, as a world of its own.

    run ─ Lookup ─ surroundings ─▶ the statements around a matter ─▶ World: proofs, what-if, why-not

The same walk as in a survey of a record (``reasoner.engine.surroundings``), over tables instead of memory,
and the same measure: what follows in the case about its matter must be what the run has stored about it. When
it is not, some records of other issues are taken in that speak of the same bodies, then wider surroundings;
when those differ as well, or are too large, the case is refused.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict
from functools import cached_property, lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from reasoner.batch import arrays, concluded
from reasoner.batch.arrays import Arrays
from reasoner.batch.concluded import Coded, Concluded
from reasoner.batch.lookup import Lookup
from reasoner.batch.mapped import Mapped
from reasoner.batch.naming import constants
from reasoner.batch.part import PartWorld, is_silent
from reasoner.batch.provenance import Provenance
from reasoner.batch.run import Run
from reasoner.batch.run_registry import RunRegistry
from reasoner.batch.told import Asking, Told
from reasoner.engine import calendar
from reasoner.engine.conclusions import Conclusion, identifier
from reasoner.engine.demand import MOST
from reasoner.engine.evaluate import Ground, Model, evaluate, uncollected
from reasoner.engine.facts import Facts, gather, selected
from reasoner.engine.proof import Proof
from reasoner.engine.reevaluate import reevaluate
from reasoner.engine.sql import NAME_BASE
from reasoner.engine.surroundings import INSPECTION, ISSUE, Surroundings
from reasoner.engine.ways import TooMuchError
from reasoner.pipeline import Origin, World
from reasoner.records.registry import Registry

_CROWD, _SEVERAL, _LARGE_CROWD = 12, 60, 600
"""Statements in one relation to an entity that a case takes in, one where that is not enough, and a wide one;
more are left out. Most of the time goes into what others of an inspection are known for, and hardly any case
needs it to say all of its own issue."""
_CROWDED = 200
"""An inspection with more issues than this is not looked at as a whole unless that is needed."""
_MOST = 20_000
"""Statements that a case may have: more are not evaluated in one process."""
_WITNESSES = 40
"""Records of other issues that are taken in for each relation, to see what a crowd says as a whole."""
_PATIENT = 10 * MOST
"""Goals and rows that the proof of a conclusion may take for which no case can be opened."""
_CASES = 64


class CaseError(ValueError):
    """A matter that cannot be opened by itself in a run, and why. Reads ``Chinese / English``."""


class RunCases:
    """Opens cases in a finished run. Raises RunError for one that is not."""

    def __init__(self, run: Run) -> None:
        self.run, self.rules, self.as_of = run, run.rules, run.as_of
        concluded.made_ready(run)
        self._day = calendar.to_int(self.as_of)
        self._connected()
        self.origin = Origin(self._version(), Provenance(run).of)
        self._case = lru_cache(maxsize=_CASES)(self._open)
        self._found = lru_cache(maxsize=_CASES)(self._find)

    def _version(self) -> dict[str, Any]:
        """What the statements are those of: the files with the digest of all that is known of them."""
        told = json.dumps([asdict(each) for each in self.run.sources], sort_keys=True)
        files = [Path(each.file).name for each in self.run.sources]
        return {"files": files, "digest": sha256(told.encode()).hexdigest()}

    @cached_property
    def _bare(self) -> tuple[Facts, Model]:
        """What holds without any record, and what follows from it: most of it stays so in every case."""
        facts = gather(None, self.rules.book, self.rules.vocabulary, self._day)
        return facts, evaluate(facts.atoms, self.rules.program)

    # -- cases ----------------------------------------------------------------------------------

    def knows(self, entity: str) -> bool:
        """Whether anything that rules read is stated about it."""
        code = self._mapped.code(entity)
        return code is not None and self._surroundings(_CROWD).knows(code)

    @cached_property
    def registry(self) -> Registry:
        """What finds entities of the run by id, and those of the bundled registry by name."""
        return RunRegistry(self.knows, self._classes)

    def _classes(self, entity: str) -> list[str]:
        code = self._mapped.code(entity)
        about = self._surroundings(_CROWD).recorded.about(code) if code is not None else ()
        return [predicate for predicate, row in about if len(row) == 1]

    @uncollected()
    def case(self, matter: str) -> World:
        """What bears on an issue or an inspection, as a world of its own.

        What is not on record gives the world of the ontology alone. A conclusion that concerns an issue but
        is about something that thousands of records bear on, such as its inspection, may differ from what the
        run has stored: the case is silent on that matter and bearer (``PartWorld.silent``; see ``full``).
        Raises CaseError when what is said of the matter itself differs in the widest surroundings that can be
        taken.
        """
        return self._found(matter)

    def _find(self, matter: str) -> World:
        if not self._looked_at_whole(matter):
            for crowd in (_CROWD, _SEVERAL):
                narrow = self._case(matter, (), crowd, ())
                differing = self._differing(narrow, matter)
                if all(row[1] != self._mapped.code(matter) for _, row in differing):
                    return self._silent(narrow, differing)
        return self.full(matter)

    def _several(self, matter: str) -> World:
        """The case that takes in more of each crowd, silent on what it says otherwise than the run."""
        world = self._case(matter, (), _SEVERAL, ())
        return self._silent(world, self._differing(world, matter))

    @uncollected()
    def full(self, matter: str) -> World:
        """The same, silent on nothing. Raises CaseError when there are too many statements for that."""
        if not self._looked_at_whole(matter):
            for crowd in (_CROWD, _SEVERAL):
                narrow = self._case(matter, (), crowd, ())
                differing = self._differing(narrow, matter)
                if not differing:
                    return narrow
            if more := self._witnesses(narrow, differing):
                fuller = self._case(matter, (), _SEVERAL, more)
                if not self._differing(fuller, matter):
                    return fuller
        return self._checked(matter)

    def _silent(self, world: World, differing: Collection[Coded]) -> World:
        if not differing:
            return world
        decode = self._mapped.name
        silent = frozenset((str(decode(row[1])), str(decode(row[2]))) for _, row in differing)
        return PartWorld(world, world.facts, world.model, world.speaker.names, silent)

    def _witnesses(self, world: World, differing: Collection[Coded]) -> tuple[int, ...]:
        """Records of other issues that say the same of the same bodies: one of a crowd is often enough."""
        around = self._surroundings(_SEVERAL)
        here = {self._mapped.code(v) for _, row in world.facts.origins for v in row[:1]}
        named = {v for _, row in differing for v in row[2:] if v >= NAME_BASE}
        inside = [each for each in here if each is not None and not around.is_standing(each)]
        return tuple(sorted(map(int, self._lookup(around).witnesses(inside, sorted(named), _WITNESSES))))

    @uncollected()
    def case_with(self, matter: str, near: Iterable[str]) -> World:
        """The case of a matter with what is on record about other things too: to suppose what names them."""
        crowd = _LARGE_CROWD if self._looked_at_whole(matter) else _SEVERAL
        case = self._case(matter, tuple(sorted(set(near))), crowd, ())
        differing = self._differing(case, matter)
        if any(row[1] == self._mapped.code(matter) for _, row in differing):
            raise self._refusal(matter)
        return self._silent(case, differing)

    def _checked(self, matter: str) -> World:
        case = self._case(matter, (), _LARGE_CROWD, ())
        if self._differing(case, matter):
            raise self._refusal(matter)
        return case

    @staticmethod
    def _refusal(matter: str) -> CaseError:
        return CaseError(
            f"{matter} 不能单独打开：单独推理的结论与全部数据的结论不一致 "
            f"/ {matter} cannot be opened by itself: what follows there is not what is stored"
        )

    def _looked_at_whole(self, matter: str) -> bool:
        """Whether it is an inspection with issues, but not too many."""
        return 0 < self.issues_of(matter) <= _CROWDED

    def issues_of(self, matter: str) -> int:
        """How many issues name an inspection."""
        code = self._mapped.code(matter)
        if code is None:
            return 0
        around = self._surroundings(_CROWD)
        near = around.issues_of(code)
        return near + sum(
            number
            for relation, number in self._lookup(around).crowds.get(code, {}).items()
            if self.rules.vocabulary.predicates[relation].arguments[0] == (_ISSUE_CLASS,)
        )

    def _surroundings(self, most: int) -> Surroundings:
        found = self._around.get(most)
        if found is None or self._lookup(found).full:
            lookup = Lookup(self._arrays, self._predicates, self.rules.vocabulary, most)
            found = self._around[most] = Surroundings(lookup)
        return found

    @staticmethod
    def _lookup(around: Surroundings) -> Lookup:
        assert isinstance(around.recorded, Lookup)
        return around.recorded

    def _open(self, matter: str, near: tuple[str, ...], crowd: int, more: tuple[int, ...]) -> World:
        around = self._surroundings(crowd)
        code = self._mapped.code(matter)
        codes = [found for each in near if (found := self._mapped.code(each)) is not None]
        coded = around.of(code, codes, crowd == _LARGE_CROWD, more) if code is not None else []
        if len(coded) > _MOST:
            raise CaseError(
                f"{matter} 牵涉 {len(coded)} 项陈述，不能单独打开（至多 {_MOST} 项） "
                f"/ {matter} has {len(coded)} statements around it, too many to open it by itself "
                f"(at most {_MOST})"
            )
        facts = self._facts(coded, self._lookup(around).ids)
        model = reevaluate(self._bare[1], facts.atoms, self.rules.program)
        names = self._names({v for _, row in coded for v in row if isinstance(v, int)})
        return World(facts, self.rules, self.as_of, names, origin=self.origin, model=model)

    def _facts(self, coded: Collection[Ground], ids: Mapping[Ground, list[int]]) -> Facts:
        """The statements around a matter in words, in the order of the facts files."""
        ordered = sorted(dict.fromkeys(coded), key=lambda atom: ids[atom][0])
        decode = self._mapped.name
        carrier = Facts(outside=self._bare[0].outside)
        for predicate, row in ordered:
            atom = (predicate, tuple([decode(code) if isinstance(code, int) else code for code in row]))
            carrier.origins[atom] = ids[predicate, row]
        return selected(carrier, self.rules.book, self._day, list(carrier.origins))

    def _names(self, codes: Collection[int]) -> dict[str, str]:
        """What entities are called, and what the facts call the constants of rules and ontology."""
        named = ((str(self._mapped.name(c)), self._arrays.shown(c)) for c in codes if c >= NAME_BASE)
        return {**self._words, **{code: name for code, name in named if name is not None}}

    @cached_property
    def _words(self) -> dict[str, str]:
        """What the facts call the constants of rules and ontology, which may stand in any conclusion."""
        codes = constants(self.rules).codes.items()
        return {word: name for word, code in codes if (name := self._arrays.shown(code)) is not None}

    # -- conclusions and proofs -----------------------------------------------------------------

    def _differing(self, world: World, matter: str) -> set[Coded]:
        """The conclusions about a matter that only a case has, or only the run."""
        code = self._mapped.code(matter)
        expected = self._stored.about(code) if code is not None else set()
        found = {c.atom for c in world.conclusions() if matter in c.issues or matter == c.subject}
        return expected ^ {self._coded(atom) for atom in found}

    def _coded(self, atom: Ground) -> Coded:
        return atom[0], tuple([-1 if (code := self._mapped.code(v)) is None else code for v in atom[1]])

    @cached_property
    def _asking(self) -> Asking:
        return Asking(self._mapped, self.rules, self.as_of, self._bare)

    @uncollected()
    def told(self, matter: str) -> Told:
        """What the run has stored about an issue, or about a matter itself."""
        return self._told(matter)

    def _tell(self, matter: str) -> Told:
        code = self._mapped.code(matter)
        stored = self._stored.told(code) if code is not None else ()
        decode = self._mapped.name
        atoms = ((name, tuple([decode(value) for value in row])) for name, row in stored)
        return Told(self._asking, atoms, self.origin)

    def conclusions(self, matter: str) -> list[Conclusion]:
        """The conclusions about an issue, or about a matter itself, as stored."""
        return self.told(matter).conclusions()

    def case_of(self, atom: Ground, issue: str | None = None) -> World:
        """A case in which a conclusion holds. Raises CaseError when there is none that can be opened."""
        matters = dict.fromkeys((*([issue] if issue else ()), *self._matters(str(atom[1][1]))))
        words = [str(v) for v in atom[1]]
        wider = (self.case, self._several, lambda m: self.case_with(m, words), self.full)
        for matter in matters:
            for open_ in wider:
                try:
                    world = open_(matter)
                except CaseError:
                    continue
                if world.model.holds(atom) and not is_silent(world, atom):
                    return world
        said = f"{atom[0]}({', '.join(map(str, atom[1]))})"
        raise CaseError(
            f"{said} 牵涉的记录太多，无法单独证明 / {said} rests on too many records to be proved by itself"
        )

    def _matters(self, subject: str) -> list[str]:
        code = self._mapped.code(subject)
        if code is None:
            return []
        around = self._surroundings(_SEVERAL)
        if not self._lookup(around).classes(code).isdisjoint((ISSUE, INSPECTION)):
            return [subject]
        return sorted(str(self._mapped.name(int(m))) for m in around.matters_of(code))

    @uncollected()
    def explain(self, conclusion: Conclusion | Ground, issue: str | None = None) -> Proof:
        """The proof of a conclusion. Raises CaseError when it rests on too much; KeyError when it does not
        follow."""
        atom = conclusion.atom if isinstance(conclusion, Conclusion) else conclusion
        matter = issue or str(atom[1][1])
        few = self.issues_of(matter) <= _CROWDED
        if few and (proof := self._proof(matter, identifier(atom))) is not None:
            return proof
        try:
            world = self.case_of(atom, issue)
        except CaseError:
            if few and (proof := self._proof(matter, identifier(atom), _PATIENT)) is not None:
                return proof
            raise
        return world.explain(next(c.id for c in world.conclusions() if c.atom == atom))

    def _proof(self, matter: str, conclusion_id: str, most: int = MOST) -> Proof | None:
        """From what the conclusion alone rests on; None when that is too much or something else."""
        self._asking.most = most
        try:
            return self.told(matter).explain(conclusion_id)
        except (KeyError, TooMuchError):
            return None
        finally:
            self._asking.most = MOST

    def by_id(self, conclusion_id: str, issue: str | None = None) -> Proof:
        """The proof of the conclusion with this id, best looked for among those of an issue.

        Without an issue the ids of all conclusions are stored first, once. Raises KeyError when there is none
        with this id, CaseError when it cannot be opened.
        """
        if issue is not None:
            return self.explain(self.told(issue).conclusion(conclusion_id), issue)
        concluded.ids_made_ready(self.run)
        self._connected()
        for matter in self._stored.matters_by_id(conclusion_id):
            for name, row in self._stored.stated((matter,)):
                atom = (name, tuple([self._mapped.name(value) for value in row]))
                if identifier(atom) == conclusion_id:
                    return self.explain(atom)
        raise KeyError(conclusion_id)

    def _connected(self) -> None:
        """Look things up through the connection that the run has now."""
        self._stored = Concluded(self.run)
        place = arrays.folder_of(self.run.connection, self.run.folder)
        assert place is not None
        self._arrays = Arrays(place)
        self._mapped = Mapped(self.run, self._arrays)
        query = "SELECT code, name FROM predicates WHERE used"
        self._predicates: dict[int, str] = dict(self.run.connection.execute(query).fetchall())
        self._around: dict[int, Surroundings] = {}
        self._told = lru_cache(maxsize=_CASES)(self._tell)
        self.__dict__.pop("_asking", None)


_ISSUE_CLASS = ISSUE[:1].upper() + ISSUE[1:]

__all__ = ["CaseError", "PartWorld", "RunCases"]
