"""Entries made by hand: what a filled-in form states, and what a correction of it adds and takes back.

A form is read as a row of the template would be, by the same reader: the same checks, the same messages, the
same statements. A correction is judged by the fields that it changes; the others stay as they are on record.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256

from reasoner.access.reader import reader
from reasoner.engine.evaluate import Ground
from reasoner.entries.candidates import Candidates, words_besides
from reasoner.entries.forms import Field, Form, forms
from reasoner.ledger.layouts import Table
from reasoner.ledger.reading import context_of
from reasoner.ledger.report import Problem
from reasoner.ledger.rows import TableReader
from reasoner.ledger.tables import header
from reasoner.ledger.words import message
from reasoner.pipeline import Ontology, access_of
from reasoner.records.record import Claim, Record, Statement

Values = Mapping[str, str | Sequence[str]]
"""What was filled in, by the key of the field: words, ids or yyyy-mm-dd; several as a list."""

AS_WRITTEN = "deadlineRaw"
_SIDE = frozenset({AS_WRITTEN, "openTime"})
"""What the reader of a time limit states besides the day."""


@dataclass(frozen=True)
class Draft:
    """A filled-in form, or a retraction (``form`` None): what it adds to the record and takes back.

    ``version`` is the state of the record that it was read against; ``problems`` say what is wrong, by
    column.
    """

    id: str
    form: Form | None
    added: tuple[Claim, ...]
    gone: tuple[Statement, ...]
    problems: tuple[Problem, ...]
    version: int
    kept_elsewhere: frozenset[Ground] = frozenset()
    """Statements that are taken back here and stay on record from another source."""
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def usable(self) -> bool:
        """Whether nothing is wrong and something changes."""
        return not self.faults and bool(self.added or self.gone)

    @property
    def faults(self) -> tuple[Problem, ...]:
        """The problems because of which it cannot be stored."""
        return tuple(p for p in self.problems if p.severity == "set_aside")

    @property
    def corrects(self) -> bool:
        """Whether it takes something back."""
        return bool(self.gone)

    def problems_of(self, one: Field) -> tuple[Problem, ...]:
        """What is wrong with, or to be noted about, a field."""
        return tuple(p for p in self.problems if p.column == one.column)


class Entries:
    """A state of the record as those who make entries need it: names resolved, things to choose from."""

    def __init__(self, record: Record, rules: Ontology) -> None:
        self.record, self.rules, self.vocabulary = record, rules, rules.vocabulary
        self.version = record.version
        self._context, _ = context_of([], [], record, (), {}, "")
        self.candidates = Candidates(record, rules.vocabulary, rules.book.rules)

    # -- reading ------------------------------------------------------------------------------

    def read(self, form: Form, values: Values, correcting: str | None = None) -> Draft:
        """Read a form: a new entry, or what ``correcting`` (an id on record) shall say from now on."""
        number = str(values.get(form.number.key, "")).strip()
        id = correcting or number or self.free_number(form, values)
        cells = [id if f is form.number else _cell(f, values.get(f.key, "")) for f in form.fields]
        shown = [f.column for f in form.fields]
        grid = Table(form.layout, "", None, "", [header(c) for c in shown], shown, [(0, tuple(cells))], set())
        reader = TableReader(grid, replace(self._context, ids={}, described={}))
        row = reader.define()[0]
        reader.state(row)
        problems = list(row.problems)
        if number and correcting is None and self.candidates.knows(number):
            problems.append(_problem("id-taken", form.number, number))
        problems += [p for f in form.fields for p in self._unfitting(f, row.claims)]
        claims, gone = row.claims, list[Statement]()
        if correcting is not None:
            changed = self._changed(form, correcting, values)
            claims, gone = self._correction(form, correcting, changed, claims)
            problems = [p for p in problems if p.column in changed]
        names = {c.subject: str(c.object) for c in claims if c.predicate in ("name", "shortName")}
        return Draft(
            row.ids.get(form.layout.main, id),
            form,
            tuple(c for c in dict.fromkeys(claims) if not self._on_record(c)),
            tuple(gone),
            tuple(dict.fromkeys(problems)),
            self.version,
            self._kept(gone),
            names,
        )

    def resolve(self, form: Form, one: Field, said: str, values: Values) -> tuple[list[str], Draft]:
        """The things on record that words in one field mean, on the days in the others, and how it reads."""
        others = {f.key: values.get(f.key, "") for f in form.fields if f.takes == "date"}
        draft = self.read(form, {**others, one.key: said})
        ends = [
            claim.subject if one.item.reverse else str(claim.object)
            for claim in draft.added
            if claim.columns == one.column and claim.predicate == one.item.property
        ]
        besides = words_besides(one).values()
        return [id for id in ends if self.candidates.knows(id) or id in besides], draft

    def _correction(
        self, form: Form, id: str, changed: Collection[str], claims: Iterable[Claim]
    ) -> tuple[list[Claim], list[Statement]]:
        """What the changed fields of an entry state, and what they stated before; the others stay."""
        told = [c for c in claims if c.columns in changed]
        named = {str(c.object) for c in told if c.kind == "entity"}
        told += [c for c in claims if c.columns is None and c.subject in named]  # documents new with this
        wanted = {_content(c) for c in told}
        before = [s for one, held in self._held(form, id).items() if one.column in changed for s in held]
        return told, [s for s in before if _content(s) not in wanted]

    def _changed(self, form: Form, id: str, values: Values) -> set[str]:
        """The columns of the fields in which something else stands than is on record."""
        before = self.values(form, id)
        return {
            one.column
            for one in form.fields
            if one is not form.number
            and _cell(one, values.get(one.key, "")) != _cell(one, before.get(one.key, ""))
        }

    def retraction(self, id: str, only: Collection[int] = ()) -> Draft:
        """Take back what is stated about an entry, whatever source it came from, or only some of it."""
        gone = tuple(s for s in self.record.statements(subject=id) if not only or s.id in only)
        return Draft(id, None, (), gone, (), self.version, self._kept(gone))

    def free_number(self, form: Form, values: Values, year: int | None = None) -> str:
        """A number for a new entry that nothing has or had: prefix, f for form and the year, a count.

        Where readers have roles, a count would tell of entries that some of them may not see: there it is the
        hash of the fields that are for everybody, and counts only the entries in which these are the same.
        """
        stem = f"{form.prefix}-f{year or datetime.now(UTC).year}-"
        if reader() is not None:
            secret = {p for each in access_of(self.rules).classes.values() for p in each.properties or ()}
            open_ = [f"{f.key}={_cell(f, values.get(f.key, ''))}" for f in form.fields if f.key not in secret]
            stem += f"{sha256('/'.join(open_).encode()).hexdigest()[:8]}-"
        taken = [id.removeprefix(stem) for id in self.record.ever_stated(stem)]
        return f"{stem}{max((int(n) for n in taken if n.isdecimal()), default=0) + 1}"

    def _unfitting(self, one: Field, claims: Iterable[Claim]) -> Iterable[Problem]:
        """Things on record that are of none of the classes that a field takes."""
        if one.takes != "thing" or not one.classes:
            return
        for claim in claims:
            if claim.columns != one.column or claim.predicate != one.item.property:
                continue
            id = claim.subject if one.item.reverse else str(claim.object)
            own = self.candidates.classes.get(id)
            if own and not own & one.classes:
                yield _problem(
                    "rdf-range",
                    one,
                    id,
                    **self._labels("expected", self._widest(one.classes)),
                    **self._labels("found", self._narrowest(own)),
                    thing=self.candidates.named(id),
                )

    def _labels(self, name: str, classes: Iterable[str]) -> dict[str, str]:
        found = [self.vocabulary.predicates[c].label for c in sorted(classes)]
        return {
            f"{name}_zh": "、".join(label.get("zh", "") for label in found),
            f"{name}_en": ", ".join(label.get("en", "") for label in found),
        }

    def _above(self, name: str) -> set[str]:
        names = self.vocabulary.class_names
        back = {own: known for known, own in names.items()}
        return {back[each] for each in self.vocabulary.ancestors(names[name]) if each in back} - {name}

    def _widest(self, classes: Iterable[str]) -> list[str]:
        known = set(classes) & self.vocabulary.class_names.keys()
        return [each for each in known if not self._above(each) & known]

    def _narrowest(self, classes: Iterable[str]) -> list[str]:
        known = set(classes) & self.vocabulary.class_names.keys()
        wider = {above for each in known for above in self._above(each)}
        return [each for each in known if each not in wider]

    # -- what is on record --------------------------------------------------------------------

    def form_of(self, id: str) -> Form | None:
        """The form that an entry on record could have been made with: the one of the narrowest class."""
        own = self.candidates.classes.get(id, set())
        fitting = [form for form in forms(self.rules).values() if form.kind in own]
        above = {kind for form in fitting for kind in self._above(form.kind)}
        return next((form for form in fitting if form.kind not in above), None)

    def values(self, form: Form, id: str) -> dict[str, str | list[str]]:
        """What a form would hold that says what is on record about an entry."""
        found: dict[str, str | list[str]] = {form.number.key: id}
        for one, stated in self._shown(form, id).items():
            said = [_said(one, s) for s in stated]
            found[one.key] = said if one.many or one.item.value == "texts" else said[0]
        return found

    def _shown(self, form: Form, id: str) -> dict[Field, list[Statement]]:
        """The statements about an entry by the field that holds them; what no field can hold is not there."""
        reverse = [f.item.property for f in form.fields if f.item.reverse]
        waiting = list(self.record.statements(subject=id))
        for property_ in reverse:
            waiting += self.record.statements(predicate=property_, object=id)
        waiting.sort(
            key=lambda s: s.predicate != AS_WRITTEN
        )  # a limit as written before the day read from it
        found: dict[Field, list[Statement]] = {}
        for one in sorted(form.fields, key=lambda each: not each.item.label):  # 岗位：… before any remark
            held = [s for s in waiting if _of_field(one, s)]
            held = held if one.many or one.item.value == "texts" else held[:1]
            waiting = [s for s in waiting if s not in held]
            if held:
                found[one] = held
        return found

    def _held(self, form: Form, id: str) -> dict[Field, list[Statement]]:
        """As shown; with a limit as written goes what was read from it."""
        found = self._shown(form, id)
        for one, held in found.items():
            if one.item.value == "deadline":
                read = {*_SIDE, one.item.property}
                held += [
                    s for s in self.record.statements(subject=id) if s.predicate in read and s not in held
                ]
        return found

    def _on_record(self, claim: Claim) -> bool:
        found = self.record.statements(subject=claim.subject, predicate=claim.predicate)
        return any(_content(s) == _content(claim) for s in found)

    def _kept(self, gone: Sequence[Statement]) -> frozenset[Ground]:
        ids = {s.id for s in gone}
        return frozenset(
            atom(s)
            for s in gone
            for other in self.record.statements(subject=s.subject, predicate=s.predicate)
            if other.id not in ids and _content(other) == _content(s)
        )

    def matters(self, draft: Draft) -> list[str]:
        """The issues and inspections whose conclusions a draft may change directly."""
        said: list[Claim | Statement] = [*draft.added, *draft.gone]
        ends = [str(each.object) for each in said if each.kind == "entity"]
        return self.candidates.matters([*ends, *(each.subject for each in said)])


def atom(said: Claim | Statement) -> Ground:
    """A statement as the rules see it."""
    if said.kind == "class":
        return said.predicate, (said.subject,)
    assert said.object is not None  # only classes have none
    return said.predicate, (said.subject, said.object)


def _content(said: Claim | Statement) -> tuple[str, str, str, str]:
    return said.predicate, said.subject, "" if said.object is None else str(said.object), said.kind


def _cell(one: Field, value: str | Sequence[str]) -> str:
    if isinstance(value, str):
        value = value.strip()
        if one.takes == "choice" and value:
            return one.takes_word(value) or value
        return value
    return one.joint.join(each for each in value if each)


def _of_field(one: Field, s: Statement) -> bool:
    """Whether a field says what a statement says."""
    if one.takes == "choice" and not one.item.property:
        return s.kind == "class" and s.predicate in one.by_id
    written = AS_WRITTEN if one.item.value == "deadline" else one.item.property
    if s.predicate not in (written, one.item.property):
        return False
    return not one.item.label or str(s.object).startswith(one.item.label)


def _said(one: Field, s: Statement) -> str:
    """What the form would hold for a statement."""
    if s.kind == "class":
        return s.predicate
    if one.item.reverse:
        return s.subject
    if s.kind == "date":
        number = f"{s.object}"
        return f"{number[:4]}-{number[4:6]}-{number[6:]}"
    return str(s.object).removeprefix(one.item.label)


def _problem(code: str, one: Field, value: str, **fill: str) -> Problem:
    return Problem("set_aside", code, "", None, None, one.column, value, *message(code, **fill))
