"""Cases: small worlds written as sentences, with what must follow and what must not.

``casefile`` reads them, ``scene`` makes the world of one; here expectations meet what follows.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from reasoner.answers.procedure import STATES, progress
from reasoner.casebook.casefile import DAY, Case, CaseError, files, listed, read
from reasoner.casebook.scene import Scene
from reasoner.engine.conclusions import Conclusion
from reasoner.pipeline import Ontology, World
from reasoner.records.registry import Registry
from reasoner.rulebook.law import NotInLawError

if TYPE_CHECKING:
    from reasoner.asking.whynot import Missing

__all__ = ["Case", "CaseError", "Outcome", "Scene", "files", "read", "run"]

_NORM = re.compile(r"(a\d+(?:\.p\d+)?(?:\.i\d+)?)(?:\.[sn]\d+)?$")
_LISTS = {"missing", "missing_element", "possible_due", "destination", "destinations", "to"}
_LAYERS = {"L1", "L2", "L3"}


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


def run(case: Case, rules: Ontology, registry: Registry) -> Outcome:
    """Evaluate one case. Raises CaseError when something given is not in the vocabulary."""
    trial = Trial(case, rules, registry)
    for wanted in (*case.expect, *case.refuse):
        trial.check(wanted)
    world = trial.world()
    outcome = Outcome(case, world)
    for wanted in case.expect:
        if not trial.met(wanted, world):
            outcome.failures.append(trial.missed(wanted, world))
    for unwanted in case.refuse:
        if "step" in unwanted:
            if trial.met(unwanted, world):
                outcome.failures.append(_step_surplus(unwanted))
        elif found := trial.matches(unwanted, world):
            outcome.failures.append(trial.surplus(unwanted, found))
    return outcome


class Trial(Scene):
    """A scene with its expectations: whether they could be met, whether they are, and what to say if not."""

    def check(self, wanted: Any) -> None:
        """Refuse an expectation that no conclusion could ever meet: a misspelt word is no refusal."""
        if not isinstance(wanted, dict) or not wanted:
            raise self._error(f"期望应为不空的映射：{wanted!r} / must be a mapping with fields")
        if "step" in wanted:
            self._check_step(wanted)
            return
        if "why_not" in wanted:
            goal, rest = wanted["why_not"], [k for k in wanted if k not in ("why_not", "missing")]
            if not isinstance(goal, dict) or "status" not in goal:
                raise self._error("why_not 需要 status / why_not needs a status")
            self.check(goal)
            words = [str(each) for each in listed(wanted.get("missing"))]
            if strange := [word for word in words if not self._word(word) and not self._term(word)]:
                raise self._error(f"missing：没有这个词：{strange[0]} / no such word")
            if rest:
                raise self._error(f"why_not 之外还有 {', '.join(rest)} / put them inside why_not")
            return
        for key, value in wanted.items():
            if isinstance(value, list) and key not in _LISTS:
                raise self._error(f"{key} 只写一个值：{value} / {key} takes one value")
            for each in listed(value) or [None]:
                if not self._usable(key, each):
                    raise self._error(f"{key}：没有这个词：{each} / no such word, nothing could ever agree")

    def _check_step(self, wanted: dict[str, Any]) -> None:
        """Refuse an expectation about a procedure that could never be met."""
        if strange := sorted(set(wanted) - {"step", "inspection", "state", "before"}):
            raise self._error(
                f"step 之外只写 inspection、state、before，不写 {', '.join(strange)} / not with step"
            )
        steps = self.rules.book.steps
        for name in (wanted["step"], *listed(wanted.get("before"))):
            if str(name) not in steps:
                raise self._error(f"没有步骤 {name} / no step {name}; known: {', '.join(steps)}")
        if ("before" in wanted) == ("state" in wanted) or wanted.get("state", STATES[0]) not in STATES:
            raise self._error(
                f"step 需要 before 或者 state（{'、'.join(STATES)}） / step needs before or a state"
            )
        if "inspection" not in wanted or not self._usable("inspection", wanted["inspection"]):
            raise self._error("step 需要 inspection / step needs a known inspection")

    def _step_met(self, wanted: dict[str, Any], world: World) -> bool:
        """Whether a step of an inspection is in that state, or came before one that it should follow."""
        found = progress(world, self._who(wanted["inspection"]))
        if "before" in wanted:
            pair = (str(wanted["before"]), str(wanted["step"]))
            return any((r["should_be_first"], r["came_first"]) == pair for p in found for r in p.reversed)
        state = (str(wanted["step"]), str(wanted["state"]))
        return any((step.step, step.state) == state for p in found for step in p.steps)

    def _usable(self, key: str, value: Any) -> bool:
        match key:
            case "norm":
                return self._is_place(str(value))
            case "transfer":
                return value is True or self._is_place(str(value))
            case "status":
                return self._is_status(str(value))
            case "accountability_candidate":
                return self._word(str(value)) or self.find(str(value)) is not None
            case "reason" | "missing" | "kind" | "missing_element" | "remark":
                return self._word(str(value))
            case "layer":
                return value in _LAYERS
            case "due" | "done" | "since" | "possible_due":
                return isinstance(value, datetime.date) or bool(DAY.match(str(value)))
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
        if match is not None and match[1] != norm:
            return False  # it names a norm, and there is none of this name
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
        if "step" in wanted:
            return self._step_met(wanted, world)
        if "why_not" in wanted:
            return not self.matches(wanted["why_not"], world) and self._names_missing(wanted, world)
        return bool(self.matches(wanted, world))

    def matches(self, wanted: dict[str, Any], world: World) -> list[Conclusion]:
        """The conclusions that agree with every field of an expectation."""
        if "destination" in wanted or "to" in wanted or "destinations" in wanted:
            targets = [
                self._who(x)
                for x in listed(wanted.get("destination", wanted.get("to", wanted.get("destinations"))))
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
                case "accountability_candidate":
                    who = self._who(value)
                    good = any(
                        who in (d["id"], d["kind"], *d["name"].values(), *d["kind_label"].values())
                        for d in c.candidates
                    )
                case "missing_element":
                    good = all(
                        any(each in (d["id"], *d["name"].values()) for d in c.missing_elements)
                        for each in listed(value)
                    )
                case "remark":
                    good = any(value in (d["id"], *d["name"].values()) for d in c.remarks)
                case "candidate":
                    good = bool(value) == bool(c.kind and c.status != "allocated")
                case "reason":
                    good = value in (c.reason, *c.reason_label.values())
                case "missing":
                    names = {c.missing, *c.missing_label.values()}
                    good = all(
                        each in names or (each in (c.reason, *c.reason_label.values()))
                        for each in listed(value)
                    )
                case "kind":
                    good = value in (c.kind, *c.kind_label.values())
                case "layer":
                    good = value == c.layer
                case "due" | "done" | "since":
                    good = str(value) == getattr(c, key)
                case "possible_due":
                    good = sorted(map(str, listed(value))) == sorted(c.possible_due)
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
        missing = {str(m) for m in listed(wanted.get("missing"))}
        sets = self._sets(wanted, world)
        return any(missing <= each.words() for each in sets) if missing else bool(sets)

    def _sets(self, wanted: dict[str, Any], world: World) -> list[Missing]:
        """The smallest sets with which the conclusion named would follow."""
        from reasoner.asking.whynot import why_not

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
        if "step" in wanted:
            states = "; ".join(
                f"{s.step} {s.state}"
                for p in progress(world, self._who(wanted["inspection"]))
                for s in p.steps
            )
            return (
                f"步骤不是这样：{_short(wanted)}；实际：{states}",
                f"the step is not so: {_short(wanted)}; it is: {states}",
            )
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


def _step_surplus(unwanted: dict[str, Any]) -> tuple[str, str]:
    return f"步骤不应当如此而如此：{_short(unwanted)}", f"the step is as refused: {_short(unwanted)}"


def _within(norm: str, place: str) -> bool:
    """Whether a norm is the one named, or one in the article, paragraph or item named."""
    return norm == place or norm.startswith(f"{place}.")


def _short(wanted: dict[str, Any]) -> str:
    return "{" + ", ".join(f"{k}: {v}" for k, v in wanted.items()) + "}"
