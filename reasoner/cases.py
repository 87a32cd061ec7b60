"""Cases: small worlds written as sentences, with what must follow and what must not.

The format is described in ``ontology/README.md``. A case stands by itself: it sees the ontology, the
regulation's parameters, what it states, and from the bundled registry only what its names call up (a
district with its organs).
"""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from reasoner import calendar
from reasoner.conclusions import Conclusion
from reasoner.evaluate import Ground
from reasoner.law import NotInLawError
from reasoner.norms import NormError, read_yaml
from reasoner.pipeline import Ontology, World, case_world
from reasoner.registry import Registry
from reasoner.vocabulary import ANYTHING, NUMBERS, Predicate, predicate_name

if TYPE_CHECKING:
    from reasoner.whynot import Missing

SHORTHANDS: dict[str, tuple[str, str, dict[str, str]]] = {
    "finding": ("Finding", "findingKind", {}),
    "parameter": ("Parameter", "parameterKind", {"of": "appliesTo", "source": "sourceDocument"}),
    "complete": ("CompletenessDeclaration", "coversRecords", {"of": "forInspection", "body": "concernsBody"}),
    "absent": ("NegativeRecord", "coversRecords", {"of": "forInspection", "body": "concernsBody"}),
}
"""First key of a block → class, property of its value, other names of properties in such a block."""

_FIELDS = {"name", "as_of", "given", "expect", "refuse", "about", "trap", "point", "note", "without", "row"}
_WANTED = {
    *(
        "norm",
        "status",
        "issue",
        "matter",
        "act",
        "bearer",
        "reason",
        "missing",
        "due",
        "done",
        "since",
        "kind",
    ),
    *(
        "layer",
        "accountable",
        "destination",
        "destinations",
        "transfer",
        "to",
        "not_counted",
        "other_reading",
    ),
    *("possible_due", "candidate", "why_not", "inspection"),
}


_DAY = re.compile(r"(\d{4})-(\d\d?)-(\d\d?)$")
_NORM = re.compile(r"(a\d+(?:\.p\d+)?(?:\.i\d+)?)(?:\.[sn]\d+)?$")
_LISTS = {"missing", "possible_due", "destination", "destinations", "to"}
_LAYERS = {"L1", "L2", "L3"}


class CaseError(ValueError):
    """A case file that cannot be used: file, case, and what was expected (zh / en)."""


@dataclass(frozen=True)
class Case:
    """One case as written."""

    file: str
    name: str
    as_of: datetime.date
    given: list[dict[str, Any]]
    expect: list[dict[str, Any]]
    refuse: list[dict[str, Any]]
    about: tuple[str, ...] = ()
    without: tuple[str, ...] = ()


@dataclass
class Outcome:
    """How a case went: one line (zh / en) for every expectation that was not met."""

    case: Case
    world: World
    failures: list[tuple[str, str]] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        """Whether everything expected followed and nothing refused did."""
        return not self.failures


def read(path: Path) -> list[Case]:
    """Read a case file. Raises CaseError for anything outside the format."""
    try:
        path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise CaseError(f"{path}: 不是 UTF-8 编码的文本 / not text in UTF-8; save it as UTF-8") from None
    except OSError as error:
        raise CaseError(f"{path}: {error.strerror or error}") from None
    try:
        entries = read_yaml(path)
        slips = list(_slips(path))
    except NormError as error:
        raise CaseError(str(error)) from None
    except ValueError as error:  # a day that no calendar has
        entries, slips = None, [*_slips(path), f"{path}: {error}"]
    if slips:
        raise CaseError(slips[0])
    if isinstance(entries, dict):
        entries = [entries]
    if not isinstance(entries, list) or not entries:
        raise CaseError(f"{path}: 应为案例列表 / expected a list of cases")
    return [_case(path, i, entry) for i, entry in enumerate(entries, 1)]


def _slips(path: Path) -> Iterator[str]:
    """What YAML would pass over or cannot place: a key that stands twice, a day that no calendar has."""
    with path.open(encoding="utf-8") as stream:
        waiting = [yaml.compose(stream, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))]
    seen: set[int] = set()
    while waiting:
        node = waiting.pop()
        if node is None or id(node) in seen:
            continue
        seen.add(id(node))
        where = f"{path}:{node.start_mark.line + 1}"
        if isinstance(node, yaml.MappingNode):
            keys = [str(key.value) for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
            if twice := [key for key, times in Counter(keys).items() if times > 1]:
                yield f"{where}: {twice[0]} 写了两次 / {twice[0]} stands twice; several values go in a list"
            waiting += [value for _, value in node.value]
        elif isinstance(node, yaml.SequenceNode):
            waiting += node.value
        elif not getattr(node, "style", None) and (match := _DAY.match(node.value)):
            try:
                datetime.date(*map(int, match.groups()))
            except ValueError:
                yield f"{where}: 没有这一天：{node.value} / no such day: {node.value}"


def _case(path: Path, number: int, entry: Any) -> Case:
    if not isinstance(entry, dict) or "name" not in entry:
        raise CaseError(
            f"{path}: 第{number}个案例：应为含 name 的映射 / case {number}: expected a mapping with name"
        )
    where = f"{path}: {entry['name']}"
    if strange := sorted(set(map(str, entry)) - _FIELDS):
        raise CaseError(
            f"{where}: 未知字段 {', '.join(strange)} / unknown field; known: {', '.join(sorted(_FIELDS))}"
        )
    day = entry.get("as_of")
    if not isinstance(day, datetime.date):
        raise CaseError(f"{where}: as_of 应为日期 yyyy-mm-dd / as_of must be a date, not {day!r}")
    lists = {}
    for key in ("given", "expect", "refuse"):
        value = entry.get(key) or []
        if not isinstance(value, list) or not all(isinstance(v, dict) for v in value):
            raise CaseError(f"{where}: {key} 应为映射的列表 / {key} must be a list of mappings")
        lists[key] = value
    if not lists["expect"] and not lists["refuse"]:
        raise CaseError(f"{where}: 没有 expect 或者 refuse / nothing expected or refused")
    for wanted in (*lists["expect"], *lists["refuse"]):
        if strange := sorted(set(map(str, wanted)) - _WANTED):
            raise CaseError(
                f"{where}: 期望中有未知字段 {', '.join(strange)} / unknown field; "
                f"known: {', '.join(sorted(_WANTED))}"
            )
    return Case(
        str(path),
        str(entry["name"]),
        day,
        lists["given"],
        lists["expect"],
        lists["refuse"],
        tuple(_listed(entry.get("about"))),
        tuple(_listed(entry.get("without"))),
    )


def run(case: Case, rules: Ontology, registry: Registry) -> Outcome:
    """Evaluate one case. Raises CaseError when something given is not in the vocabulary."""
    scene = Scene(case, rules, registry)
    for wanted in (*case.expect, *case.refuse):
        scene.check(wanted)
    world = scene.world()
    outcome = Outcome(case, world)
    for wanted in case.expect:
        if not scene.met(wanted, world):
            outcome.failures.append(scene.missed(wanted, world))
    for unwanted in case.refuse:
        if found := scene.matches(unwanted, world):
            outcome.failures.append(scene.surplus(unwanted, found))
    return outcome


class Scene:
    """A case made ready: its atoms, its names, and the reading of its expectations."""

    def __init__(self, case: Case, rules: Ontology, registry: Registry) -> None:
        self.case, self.rules, self.registry = case, rules, registry
        self.atoms: list[Ground] = []
        self.names: dict[str, str] = {}
        self._day = calendar.to_int(case.as_of)
        blocks = [self._expanded(i, block) for i, block in enumerate(case.given, 1)]
        self.local = {block["id"]: block for block in blocks}
        kinds = {i.name for i in rules.vocabulary.individuals.values() if "KindOfParameter" in i.classes}
        if strange := [kind for kind in case.without if kind not in kinds]:
            raise self._error(f"without：没有这种参数：{strange[0]} / no such kind of parameter")
        self._classes: dict[str, set[str]] = {}
        for block in blocks:
            for name in _listed(block["a"]):
                self._is_a(block["id"], rules.vocabulary.class_names[self._class(name)])
        for block in blocks:
            self._state(block)

    def world(self) -> World:
        """The world of the case, evaluated."""
        mentioned = {v for _, row in self.atoms for v in row if isinstance(v, str)}
        called, names = self.registry.around(mentioned)
        origin: dict[str, Any] = {"case": self.case.name, "file": self.case.file}
        atoms = [(atom, origin) for atom in self.atoms]
        atoms += [(atom, {"registry": True}) for atom in called]
        book = self.rules.book
        if self.case.without:
            kept = [p for p in book.parameters if p["kind"] not in self.case.without]
            rules = Ontology(self.rules.vocabulary, _with_parameters(book, kept))
        else:
            rules = self.rules
        return case_world(atoms, self.case.as_of, {**names, **self.names}, rules)

    # -- what is given ------------------------------------------------------------------------

    def _expanded(self, number: int, block: dict[str, Any]) -> dict[str, Any]:
        """A block with its shorthand written out: id, classes (``a``) and properties."""
        block = {str(k): v for k, v in block.items()}
        for key, (class_name, prop, renamed) in SHORTHANDS.items():
            if key in block:
                value = block.pop(key)
                block = {renamed.get(k, k): v for k, v in block.items()}
                block = {"a": class_name, prop: value, **block}
                if key == "parameter" and "value" in block:
                    block |= {self._parameter_property(block["value"]): block.pop("value")}
        if "a" not in block:
            raise self._error(f"given 第{number}项没有 a（类） / item {number} has no class (a): {block}")
        block.setdefault("id", f"{predicate_name(str(_listed(block['a'])[0]))}-{number}")
        block["id"] = str(block["id"])
        return block

    def _parameter_property(self, value: Any) -> str:
        if isinstance(value, datetime.date):
            return "dateValue"
        individual = self.rules.vocabulary.individuals.get(str(value))
        if individual and "RuleOfCounting" in individual.classes:
            return "ruleValue"
        return "namesOrgan"

    def _state(self, block: dict[str, Any]) -> None:
        subject = block["id"]
        if subject not in self.rules.vocabulary.individuals and not self.registry.knows(subject):
            self.names[subject] = (
                str(block.get("name", subject)) if not subject[-1:].isdigit() or "name" in block else ""
            )
            self.names = {k: v for k, v in self.names.items() if v}
        for class_name in _listed(block["a"]):
            self.atoms.append((self._class(class_name), (subject,)))
        for key, value in block.items():
            if key in ("id", "a", "name", "note"):
                continue
            predicate = self.rules.vocabulary.predicates.get(key)
            if predicate is None or predicate.arity != 2 or predicate.derived:
                raise self._error(f"没有这个属性：{key} / no such property")
            if value is None or value == []:
                raise self._error(f"{subject} 的 {key} 没有写值 / {key} of {subject} has no value")
            if predicate.recorded_only:
                continue
            for each in _listed(value):
                self.atoms.append((key, (subject, self._value(predicate, each))))

    def _class(self, name: str) -> str:
        for predicate in self.rules.vocabulary.predicates.values():
            if predicate.is_class and name in (
                predicate.name,
                predicate.name[:1].upper() + predicate.name[1:],
            ):
                return predicate.name
        labelled = [
            p.name
            for p in self.rules.vocabulary.predicates.values()
            if p.is_class and name in p.label.values()
        ]
        if len(labelled) != 1:
            raise self._error(f"没有这个类：{name} / no such class")
        return labelled[0]

    def _is_a(self, subject: str, class_name: str) -> None:
        """Note a class of a thing of the case; nothing is of two classes that exclude each other."""
        classes = self._classes.setdefault(subject, set())
        for other in sorted(classes):
            if self.rules.vocabulary.are_disjoint(class_name, other):
                raise self._error(f"{subject} 不能既是 {other} 又是 {class_name} / it cannot be both")
        classes.add(class_name)

    def _fitting(self, predicate: Predicate, value: str, written: str, classes: Iterable[str]) -> str:
        """The value (as written), unless no thing of its classes can stand there."""
        alternatives = predicate.arguments[1]
        for found in sorted(classes):
            if all(self.rules.vocabulary.are_disjoint(found, each) for each in alternatives):
                raise self._error(
                    f"{predicate.name} 的值不能是 {written}（{found}） / "
                    f"{written}, a {found}, cannot be the value; expected {' or '.join(alternatives)}"
                )
        return value

    def _value(self, predicate: Predicate, value: Any) -> str | int:
        kinds = set(predicate.arguments[1])
        if isinstance(value, datetime.date):
            if not kinds & {"date", ANYTHING}:
                raise self._error(f"{predicate.name} 不应为日期 / must not be a date: {value}")
            return calendar.to_int(value)
        if kinds <= NUMBERS:
            if isinstance(value, int) and "integer" in kinds:
                return value
            raise self._error(f"{predicate.name} 应为日期 yyyy-mm-dd / must be a date: {value!r}")
        if isinstance(value, bool):
            value = "yes" if value else "no"
        text = str(value)
        if text in self.local:
            return self._fitting(predicate, text, text, self._classes[text])
        if (made := self._made(text, kinds)) is not None:
            return made
        found = self.find(text, kinds)
        if found is not None:
            names = self.rules.vocabulary.class_names
            atoms = self.registry.around({found})[0]
            return self._fitting(
                predicate, found, text, {names[p] for p, row in atoms if row == (found,) and p in names}
            )
        if kinds & {"Text", "text"}:
            return text
        raise self._error(
            f"{predicate.name}：名称未知或者有歧义：{text}（{self.case.as_of}） / unknown or ambiguous name; "
            f"declare it in given with id and a"
        )

    def _made(self, text: str, kinds: set[str]) -> str | None:
        """A class where a thing is expected makes a nameless thing of that class: ``handsOver: CaseFile``."""
        for predicate in self.rules.vocabulary.predicates.values():
            if not predicate.is_class or text not in (
                *predicate.label.values(),
                predicate.name.capitalize(),
                predicate.iri.rsplit("#")[-1],
            ):
                continue
            class_name = predicate.iri.rsplit("#")[-1]
            if kinds & self.rules.vocabulary.ancestors(
                class_name
            ) and "Document" in self.rules.vocabulary.ancestors(class_name):
                subject = f"{predicate.name}-{len(self.atoms)}"
                self.atoms.append((predicate.name, (subject,)))
                return subject
        return None

    def find(self, text: str, kinds: Iterable[str] = (ANYTHING,)) -> str | None:
        """What a name means: an individual by name or label, or a registry entity at the case's date."""
        vocabulary = self.rules.vocabulary
        kinds = set(kinds)

        def fits(name: str) -> bool:
            classes = vocabulary.individuals[name].classes
            return ANYTHING in kinds or any(kinds & vocabulary.ancestors(c) for c in classes)

        if text in vocabulary.individuals and fits(text):
            return text
        labelled = [name for name in vocabulary.by_label.get(text, ()) if fits(name)]
        if len(labelled) == 1:
            return labelled[0]
        return self.registry.find(text, self._day)

    def _error(self, message: str) -> CaseError:
        return CaseError(f"{self.case.file}: {self.case.name}: {message}")

    # -- what is expected ----------------------------------------------------------------------

    def check(self, wanted: Any) -> None:
        """Refuse an expectation that no conclusion could ever meet: a misspelt word is no refusal."""
        if not isinstance(wanted, dict) or not wanted:
            raise self._error(f"期望应为不空的映射：{wanted!r} / must be a mapping with fields")
        if "why_not" in wanted:
            goal, rest = wanted["why_not"], [k for k in wanted if k not in ("why_not", "missing")]
            if not isinstance(goal, dict) or "status" not in goal:
                raise self._error("why_not 需要 status / why_not needs a status")
            self.check(goal)
            words = [str(each) for each in _listed(wanted.get("missing"))]
            if strange := [word for word in words if not self._word(word) and not self._term(word)]:
                raise self._error(f"missing：没有这个词：{strange[0]} / no such word")
            if rest:
                raise self._error(f"why_not 之外还有 {', '.join(rest)} / put them inside why_not")
            return
        for key, value in wanted.items():
            if isinstance(value, list) and key not in _LISTS:
                raise self._error(f"{key} 只写一个值：{value} / {key} takes one value")
            for each in _listed(value) or [None]:
                if not self._usable(key, each):
                    raise self._error(f"{key}：没有这个词：{each} / no such word, nothing could ever agree")

    def _usable(self, key: str, value: Any) -> bool:
        match key:
            case "norm":
                return self._is_place(str(value))
            case "transfer":
                return value is True or self._is_place(str(value))
            case "status":
                return self._is_status(str(value))
            case "reason" | "missing" | "kind":
                return self._word(str(value))
            case "layer":
                return value in _LAYERS
            case "due" | "done" | "since" | "possible_due":
                return isinstance(value, datetime.date) or bool(_DAY.match(str(value)))
            case "other_reading":
                point, status = (
                    (value.get("point"), value.get("status")) if isinstance(value, dict) else (value, None)
                )
                return (point is None or point in self.rules.book.points) and (
                    status is None or self._is_status(str(status))
                )
            case "candidate":
                return True
            case _:
                return str(value) in self.local or self.find(str(value)) is not None

    def _is_place(self, norm: str) -> bool:
        """Whether a norm, or an article or paragraph in which a norm could be, exists."""
        if norm in self.rules.book.norms:
            return True
        match = _NORM.match(norm)
        try:
            return match is not None and bool(self.rules.book.regulation.find(match[1]))
        except NotInLawError:
            return False

    def _is_status(self, name: str) -> bool:
        found = self.rules.vocabulary.predicates.get(self._status(name))
        return found is not None and found.is_status

    def _word(self, text: str) -> bool:
        vocabulary = self.rules.vocabulary
        return text in self.local or text in vocabulary.individuals or text in vocabulary.by_label

    def _term(self, text: str) -> bool:
        """Whether it is the name or label of a predicate, or the name of a known thing."""
        return (
            any(
                text in (p.name, p.iri.rsplit("#")[-1], *p.label.values())
                for p in self.rules.vocabulary.predicates.values()
            )
            or self.find(text) is not None
        )

    def met(self, wanted: dict[str, Any], world: World) -> bool:
        """Whether an expectation is met."""
        if "why_not" in wanted:
            return not self.matches(wanted["why_not"], world) and self._names_missing(wanted, world)
        return bool(self.matches(wanted, world))

    def matches(self, wanted: dict[str, Any], world: World) -> list[Conclusion]:
        """The conclusions that agree with every field of an expectation."""
        if "destination" in wanted or "to" in wanted or "destinations" in wanted:
            targets = [
                self._who(x)
                for x in _listed(wanted.get("destination", wanted.get("to", wanted.get("destinations"))))
            ]
            rest = {
                k: v for k, v in wanted.items() if k not in ("destination", "to", "destinations", "transfer")
            }
            if "transfer" in wanted and wanted["transfer"] is not True:
                rest["norm"] = wanted["transfer"]
            exact = "destination" not in wanted
            return [
                c
                for c in world.conclusions()
                if c.destinations
                and (
                    {d["id"] for d in c.destinations} == set(targets)
                    if exact
                    else set(targets) <= {d["id"] for d in c.destinations}
                )
                and self._agrees(c, rest)
            ]
        if "not_counted" in wanted:
            organ = self._who(wanted["not_counted"])
            rest = {k: v for k, v in wanted.items() if k not in ("not_counted", "reason")}
            reason = wanted.get("reason")
            return [
                c
                for c in world.conclusions()
                if any(
                    n["id"] == organ
                    and (reason is None or reason in (n["reason"], *n["reason_label"].values()))
                    for n in c.not_counted
                )
                and self._agrees(c, rest)
            ]
        return [c for c in world.conclusions() if self._agrees(c, wanted)]

    def _agrees(self, c: Conclusion, wanted: dict[str, Any]) -> bool:
        for key, value in wanted.items():
            match key:
                case "norm":
                    good = _within(c.norm, str(value))
                case "status":
                    good = value in (c.status, *c.status_label.values())
                case "issue":
                    good = self._who(value) in c.issues
                case "matter" | "act":
                    good = self._who(value) == c.subject
                case "inspection":
                    good = self._who(value) == c.inspection
                case "bearer":
                    who = self._who(value)
                    good = who in {b["id"] for b in c.bearers} or who in c.atom[1][2:3]
                case "accountable":
                    who = self._who(value)
                    open_kind = wanted.get("candidate") or "status" in wanted
                    good = (
                        c.layer is not None
                        and (c.status == "allocated" or bool(open_kind and c.kind))
                        and (who in {b["id"] for b in c.bearers} or who in c.atom[1][2:3])
                    )
                case "candidate":
                    good = bool(value) == bool(c.kind and c.status != "allocated")
                case "reason":
                    good = value in (c.reason, *c.reason_label.values())
                case "missing":
                    names = {c.missing, *c.missing_label.values()}
                    good = all(
                        each in names or (each in (c.reason, *c.reason_label.values()))
                        for each in _listed(value)
                    )
                case "kind":
                    good = value in (c.kind, *c.kind_label.values())
                case "layer":
                    good = value == c.layer
                case "due" | "done" | "since":
                    good = str(value) == getattr(c, key)
                case "possible_due":
                    good = sorted(map(str, _listed(value))) == sorted(c.possible_due)
                case "other_reading":
                    point, status = (
                        (value.get("point"), value.get("status"))
                        if isinstance(value, dict)
                        else (value, None)
                    )
                    good = any(
                        point in (None, r["point"])
                        and status in (None, r["status"], *r["status_label"].values())
                        for r in c.other_readings
                    )
                case "transfer":
                    good = (
                        bool(c.destinations)
                        if value is True
                        else _within(c.norm, value) and bool(c.destinations)
                    )
                case _:
                    good = True
            if not good:
                return False
        return True

    def _who(self, name: Any) -> str:
        text = str(name)
        if text in self.local:
            return text
        return self.find(text) or text

    def _names_missing(self, wanted: dict[str, Any], world: World) -> bool:
        missing = {str(m) for m in _listed(wanted.get("missing"))}
        sets = self._sets(wanted, world)
        return any(missing <= each.words() for each in sets) if missing else bool(sets)

    def _sets(self, wanted: dict[str, Any], world: World) -> list[Missing]:
        """The smallest sets with which the conclusion named would follow."""
        from reasoner.whynot import why_not

        goal = dict(wanted["why_not"])
        roles = {
            "matter" if k == "act" else k: self._who(v)
            for k, v in goal.items()
            if k in ("matter", "act", "issue", "bearer", "reason", "kind", "missing")
        }
        status = self._status(str(goal["status"]))
        if "norm" not in goal:
            return why_not(world, status, **roles)
        return [
            found
            for norm in self.rules.book.norms
            if _within(norm, str(goal["norm"]))
            for found in why_not(world, status, norm=norm, **roles)
        ]

    def _status(self, name: str) -> str:
        for predicate in self.rules.vocabulary.predicates.values():
            if predicate.is_status and name in (predicate.name, *predicate.label.values()):
                return predicate.name
        return name

    # -- what is said of a failure --------------------------------------------------------------

    def missed(self, wanted: dict[str, Any], world: World) -> tuple[str, str]:
        """What to say of an expectation that was not met: what followed instead (zh, en)."""
        goal = wanted.get("why_not", wanted)
        place = goal.get("norm", goal.get("transfer"))
        near = [c for c in world.conclusions() if not isinstance(place, str) or _within(c.norm, place)]
        zh = "；".join(f"[{c.norm} {c.status}] {c.sentence['zh']}" for c in near[:8]) or "（没有任何结论）"
        en = "; ".join(f"[{c.norm} {c.status}] {c.sentence['en']}" for c in near[:8]) or "(no conclusion)"
        if goal is not wanted and not self.matches(goal, world):
            sets = self._sets(wanted, world)[:4]
            zh, en = (
                (joint.join(mark.join(each.sentences(lang)) for each in sets) or none)
                for lang, joint, mark, none in (
                    ("zh", "；或者：", "，", "（没有找到）"),
                    ("en", "; or: ", ", ", "(none found)"),
                )
            )
            return (
                f"应当指出所缺而没有指出：{_short(wanted)}；所缺的是：{zh}",
                f"expected to be named as missing, was not: {_short(wanted)}; what is missing: {en}",
            )
        return (
            f"应当得出而没有得出：{_short(wanted)}；得出的是：{zh}",
            f"expected, did not follow: {_short(wanted)}; what followed: {en}",
        )

    def surplus(self, unwanted: dict[str, Any], found: list[Conclusion]) -> tuple[str, str]:
        """What to say of a refused conclusion that followed (zh, en)."""
        zh = "；".join(f"[{c.norm} {c.status}] {c.sentence['zh']}（{c.id}）" for c in found[:4])
        en = "; ".join(f"[{c.norm} {c.status}] {c.sentence['en']} ({c.id})" for c in found[:4])
        return (
            f"不应当得出而得出：{_short(unwanted)}：{zh}",
            f"refused, but followed: {_short(unwanted)}: {en}",
        )


def _with_parameters(book: Any, parameters: list[dict[str, Any]]) -> Any:
    from dataclasses import replace

    return replace(book, parameters=parameters)


def _within(norm: str, place: str) -> bool:
    """Whether a norm is the one named, or one in the article, paragraph or item named."""
    return norm == place or norm.startswith(f"{place}.")


def _short(wanted: dict[str, Any]) -> str:
    return "{" + ", ".join(f"{k}: {v}" for k, v in wanted.items()) + "}"


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def files(paths: Iterable[Path]) -> Iterator[Path]:
    """Case files among paths; a folder stands for every ``cases.yaml`` and ``*.case.yaml`` under it."""
    for path in paths:
        if path.is_dir():
            yield from sorted({*path.rglob("cases.yaml"), *path.rglob("*.case.yaml")})
        else:
            yield path
