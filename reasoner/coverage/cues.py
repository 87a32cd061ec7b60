"""Cues: the words by which a text says that it obliges, permits, conditions, lists – and what became of each.

Which words are cues, what each may be made into, and what in a norm's data bears that out, is data
(``cues.yaml``). A cue is bound when a norm that quotes it bears one of these out; otherwise ``spans.yaml``
says what was made of it, and that is checked against the norms it names in the same way.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from reasoner.coverage.text import Fault, Ledger
from reasoner.rulebook.norms import NormError, Record
from reasoner.rulebook.vocabulary import Text

NOTHING = "nothing"
"""What a cue is made into that means nothing by itself: part of a name or a fixed expression."""


@dataclass(frozen=True)
class Made:
    """Something a cue can be made into; ``tests`` are alternatives, each a set of demands on a norm.

    ``several``: it takes two norms or more, one for each side of the cue.
    """

    id: str
    label: Text
    tests: tuple[dict[str, Any], ...]
    several: bool


@dataclass(frozen=True)
class Cue:
    """A cue word. ``may``: what it may be made into; ``inside``: expressions in which it is none.

    ``also``: what spans.yaml may make of it besides, and no frame by itself.
    ``optional``: where no norm bears anything out it is punctuation, not a cue.
    """

    word: str
    pattern: re.Pattern[str]
    may: tuple[str, ...]
    also: tuple[str, ...]
    inside: tuple[tuple[str, str], ...]
    optional: bool


@dataclass(frozen=True)
class Binding:
    """One occurrence of a cue and what was made of it; ``by``: norm, file, expression; empty when unbound."""

    at: str
    start: int
    end: int
    text: str
    cue: str
    made: str = ""
    of: tuple[str, ...] = ()
    note: str = ""
    by: str = ""


@dataclass
class Cues:
    """Every occurrence of every cue in a regulation, by paragraph and item."""

    ledger: Ledger
    faults: list[Fault] = field(default_factory=list)

    def __post_init__(self) -> None:
        declared, file = self.ledger.declared, self.ledger.home / "cues.yaml"
        try:
            self.made = {
                m["id"]: Made(m["id"], m["label"], _tests(m), bool(m.get("several")))
                for m in declared["made"]
            }
            self.cues = {c["cue"]: _cue(c) for c in declared["cues"]}
        except (KeyError, TypeError, re.error) as error:
            raise NormError(f"{file}: {error!r}") from None
        for cue in self.cues.values():
            if unknown := {*cue.may, *cue.also} - set(self.made):
                raise NormError(f"{file}: {cue.word}: may: {unknown}")
        self.written = list(self._written())
        self.bindings = {at: list(self._bindings(at)) for at in self.ledger.lines}
        self._unused()

    def _written(self) -> Iterator[tuple[dict[str, Any], set[tuple[int, int]]]]:
        """What spans.yaml says of cues, each with the occurrences it speaks of."""
        for file in self.ledger.files.values():
            for entry in file.get("cues") or ():
                text = self.ledger.lines.get(entry.get("at"), "")
                cue = self.cues.get(entry.get("cue"))
                found = [m.span() for m in cue.pattern.finditer(text)] if cue else []
                if context := entry.get("in"):
                    places = [(i, i + len(context)) for i in range(len(text)) if text.startswith(context, i)]
                    found = [(s, e) for s, e in found if any(a <= s and e <= b for a, b in places)]
                if number := entry.get("occurrence"):
                    found = found[number - 1 : number]
                yield entry, set(found)

    def _unused(self) -> None:
        for entry, places in self.written:
            if not places:
                at = str(entry.get("at"))
                self.faults.append(Fault(at, "cue", f"原文没有：{entry}", f"no such cue there: {entry}"))

    def _bindings(self, at: str) -> Iterator[Binding]:
        text = self.ledger.lines[at]
        for cue in self.cues.values():
            for match in cue.pattern.finditer(text):
                binding = self._bind(cue, at, *match.span(), text)
                if binding.by or not cue.optional:
                    yield binding

    def _bind(self, cue: Cue, at: str, start: int, end: int, text: str) -> Binding:
        found = Binding(at, start, end, text[start:end], cue.word)
        covering = self.ledger.covering(at, start, end)
        for entry, places in self.written:
            if entry["at"] == at and entry["cue"] == cue.word and (start, end) in places:
                return self._from_file(cue, found, covering, entry)
        for words, note in cue.inside:
            if any(i <= start and end <= i + len(words) for i in _starts(text, words)):
                return Binding(at, start, end, found.text, cue.word, NOTHING, (), note, "expression")
        for made in cue.may:
            norms = [self.ledger.book.norms[n] for n in covering]
            bearing = tuple(n.id for n in norms if self._bears(made, n, found, written=False))
            if bearing:
                return Binding(at, start, end, found.text, cue.word, made, bearing, "", "norm")
        return found

    def _from_file(self, cue: Cue, found: Binding, covering: list[str], entry: dict[str, Any]) -> Binding:
        made, note = str(entry.get("made")), str(entry.get("note") or "")
        norms = self.ledger.book.norms
        of = tuple(entry.get("of") or (() if made == NOTHING else covering))
        problem = ""
        if made == NOTHING and not note:
            problem = "needs a note / 须写理由"
        elif made != NOTHING and made not in (*cue.may, *cue.also):
            problem = f"may be made into {' '.join((*cue.may, *cue.also))} / 不能作为 {made}"
        elif unknown := [n for n in of if n not in norms]:
            problem = f"no such norm {unknown} / 没有规范"
        elif made != NOTHING and len(of) < 1 + self.made[made].several:
            problem = "of which norms / 未写明规范"
        elif made != NOTHING and (bare := self._not_borne(made, of, found)):
            problem = f"{bare} does not bear out {made} / 规范中没有相应内容"
        if problem:
            self.faults.append(Fault(found.at, "cue", f"{problem}：{entry}", f"{problem}: {entry}"))
            return found
        return Binding(found.at, found.start, found.end, found.text, found.cue, made, of, note, "file")

    def _not_borne(self, made: str, of: tuple[str, ...], found: Binding) -> list[str]:
        norms = self.ledger.book.norms
        tested = of if self.made[made].tests else ()
        return [n for n in tested if not self._bears(made, norms[n], found, written=True)]

    def _bears(self, made: str, norm: Record, found: Binding, written: bool) -> bool:
        """Whether a norm passes one of the tests; those for what is written are no ground by themselves."""
        tests = [test for test in self.made[made].tests if written or not test.get("written")]
        return any(self._passes(test, norm, found) for test in tests)

    def _passes(self, test: dict[str, Any], norm: Record, found: Binding) -> bool:
        """Whether a norm meets every demand of one test (their meaning: ontology/README.md)."""
        values = [text for path in _listed(test.get("field")) for text in _texts(_at(norm, path))]
        wanted = [found.text, found.cue] if test.get("has") == "word" else _listed(test.get("has"))
        used = {atom.predicate for rule in norm.rules for atom in rule.atoms()}
        return (
            ("field" not in test or bool(values))
            and ("has" not in test or any(word in value for word in wanted for value in values))
            and ("near" not in test or any(near in value for near in self._around(found) for value in values))
            and ("value" not in test or any(value in _listed(test["value"]) for value in values))
            and ("uses" not in test or bool(used & set(_listed(test["uses"]))))
            and ("joins" not in test or self._joins(norm, found, _listed(test["joins"])))
        )

    def _around(self, found: Binding) -> list[str]:
        """The cue and the two characters on either side of it."""
        text = self.ledger.lines[found.at]
        sides = text[max(0, found.start - 2) : found.start], text[found.end : found.end + 2]
        return [found.text, *(side for side in sides if len(side) == 2)]

    def _joins(self, norm: Record, found: Binding, ops: list[str]) -> bool:
        """Whether one list of the norm's frame, held together by one of ``ops``, has both neighbours."""
        text = self.ledger.lines[found.at]
        left, right = text[max(0, found.start - 2) : found.start], text[found.end : found.end + 2]
        for op, members in _lists(norm.frame):
            before = {m for m in members if left and left in m}
            after = {m for m in members if right and right in m}
            if op in ops and before and after and len(before | after) > 1:
                return True
        return False

    def unbound(self) -> Iterator[Fault]:
        """Cues of which nothing was made, with what spans.yaml needs."""
        for at, bindings in self.bindings.items():
            for b in bindings:
                if not b.by:
                    text = self.ledger.lines[at]
                    around = text[max(0, b.start - 8) : b.end + 8]
                    of = ", ".join(self.ledger.covering(at, b.start, b.end))
                    line = f"- {{at: {at}, cue: {b.cue}, in: {around}, made: …, of: [{of}]}}"
                    may = " ".join((*self.cues[b.cue].may, *self.cues[b.cue].also))
                    yield Fault(
                        at, "cue", f"未绑定“{b.text}”，应写 {line}（{may}）", f"unbound, add {line} ({may})"
                    )


def _tests(entry: dict[str, Any]) -> tuple[dict[str, Any], ...]:
    known = {"field", "has", "value", "uses", "joins", "near", "written"}
    tests = tuple(entry.get("borne") or ())
    for test in tests:
        if unknown := set(test) - known:
            raise KeyError(f"{entry['id']}: borne: {unknown}")
    return tests


def _cue(entry: dict[str, Any]) -> Cue:
    inside = tuple((one["text"], one["note"]) for one in entry.get("inside") or ())
    pattern = re.compile(entry.get("pattern") or re.escape(entry["cue"]))
    may, also = tuple(entry["may"]), tuple(entry.get("also") or ())
    return Cue(entry["cue"], pattern, may, also, inside, bool(entry.get("optional")))


def _starts(text: str, words: str) -> list[int]:
    return [i for i in range(len(text)) if text.startswith(words, i)]


def _listed(value: Any) -> list[str]:
    return [] if value is None else [str(v) for v in value] if isinstance(value, list) else [str(value)]


def _at(norm: Record, path: str) -> Any:
    """The value at a dotted path in a norm: ``frame.time.kind``, ``type``, ``binding``, ``reading.zh``."""
    first, *rest = path.split(".")
    value: Any = getattr(norm, first)
    for key in rest:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner)
    elif value is not None and value != "":
        yield str(value)


def _lists(frame: Any) -> Iterator[tuple[str, list[str]]]:
    """Every list of the frame with what holds it together: all, one_of, the kind of alternatives …."""
    if isinstance(frame, dict):
        op = str(frame.get("op") or frame.get("kind") or "")
        for value in frame.values():
            if isinstance(value, list) and all(isinstance(v, str) for v in value):
                yield op, value
            else:
                yield from _lists(value)
    elif isinstance(frame, list):
        for value in frame:
            yield from _lists(value)
