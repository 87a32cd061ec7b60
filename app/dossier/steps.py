"""The derivations of a chapter as numbered lines: every step once, what holds everywhere at the end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from app.dossier.case import Case
from app.dossier.content import Paragraph
from app.dossier.words import Words
from reasoner.engine.conclusions import Conclusion, elapsed_days
from reasoner.engine.proof import Node

Key = tuple[Any, ...]


class Standing:
    """What all chapters share: premises that hold whatever is recorded, and definitions, as they are met."""

    def __init__(self, words: Words) -> None:
        self.words = words
        self._numbers: dict[str, int] = {}
        self._origins: dict[str, str] = {}
        self.definitions: dict[str, str] = {}

    def number(self, case: Case, node: Node) -> str:
        """Return by which number such a premise is listed."""
        said = self.words.of(node["sentence"])
        if said not in self._numbers:
            self._numbers[said] = len(self._numbers) + 1
            by = node.get("by") or {}
            origins = [case.source(each) for each in node.get("sources", ())]
            origins += [_place(self.words, by) or self.words.of(by.get("label"))]
            self._origins[said] = self.words.listed(origins)
        return self.words("proof.standing", number=self._numbers[said])

    def define(self, by: Mapping[str, Any]) -> None:
        """Note a definition that a step rests on, to be given once with its reading."""
        self.definitions.setdefault(self.words.of(by["label"]), self.words.of(by.get("reading")))

    def lines(self) -> Iterator[Paragraph]:
        """Yield the premises, each with where it comes from."""
        for said, number in self._numbers.items():
            origin = self._origins[said]
            after = f"{self.words('open')}{origin}{self.words('close')}" if origin else ""
            yield Paragraph(said + after, lead=self.words("proof.standing", number=number), style="step")


def _place(words: Words, by: Mapping[str, Any]) -> str:
    return words.of(by["citation"]["text"]) if by.get("citation") else ""


class Steps:
    """Writes the proofs of one issue."""

    def __init__(self, case: Case, standing: Standing) -> None:
        self.case, self.words, self.standing = case, case.words, standing
        self._told: dict[Key, int] = {}
        self._quoted: dict[str, str] = {}

    def proof(self, number: int, each: Conclusion) -> Iterator[Paragraph]:
        """Yield a conclusion, the words it rests on, its readings, and the steps that lead to it."""
        t = self.words
        name = t("proof.number", number=number)
        yield Paragraph(t.of(each.sentence), lead=name, style="conclusion")
        yield from self._citation(name, each)
        yield from self._remarks(each)
        root, *beside = self.case.trees(each)
        yield from self._below(root, 0)
        for node in beside:
            key = _key(node)
            if key not in self._told:
                yield from self._node({**node, "kind": "beside"}, 0)

    def _citation(self, name: str, each: Conclusion) -> Iterator[Paragraph]:
        t, place = self.words, self.case.cite(each)
        if (known := self._quoted.get(each.norm)) is not None:
            yield Paragraph(t("proof.cited", place=place, number=known), lead=t("proof.cite"), style="note")
            return
        self._quoted[each.norm] = name
        quote = t("quoted", words=each.citation["quote"]) if each.citation.get("quote") else ""
        yield Paragraph(f"{place}{t('colon')}{quote}", lead=t("proof.cite"), style="quote")
        if reading := t.of(each.reading):
            yield Paragraph(reading, lead=t("proof.reading"), style="note")

    def _remarks(self, each: Conclusion) -> Iterator[Paragraph]:
        t = self.words

        def note(lead: str, text: str) -> Iterator[Paragraph]:
            if text:
                yield Paragraph(text, lead=t(lead), style="note")

        for other in each.other_readings:
            yield from note("proof.cautious", t.of(other["cautious"]))
            shown = t("proof.other.shown", other=t.of(other["other"]), status=t.of(other["status_label"]))
            yield from note("proof.other", shown)
        refused = (
            f"{t.of(unit['name'])}{t('open')}{t.of(unit['reason_label'])}{t('close')}"
            for unit in each.not_counted
        )
        yield from note("proof.not_counted", t.listed(refused))
        for lead, named in (
            ("proof.elements", each.missing_elements),
            ("proof.remarks", each.remarks),
            ("proof.conditions", each.conditions),
        ):
            yield from note(lead, t.listed(t.of(one["name"]) for one in named))
        if each.since:
            days = elapsed_days(each.since, each.as_of)
            shown = t("proof.since", day=t.day(each.since), days=days)
            yield Paragraph(shown, style="note")

    def _line(self, node: Node) -> tuple[str, str, str]:
        """Number a step that was not told before; return its number and kind, its words, its source."""
        t = self.words
        number = self._told[_key(node)] = len(self._told) + 1
        kind, lead = node["kind"], t("proof.step", number=number)
        if kind != "absent":  # whose sentence says by itself that nothing was found
            lead += t("proof.beside" if kind == "beside" else f"kind.{kind}") + t("colon").rstrip()
        origins = t("semicolon").join(dict.fromkeys(map(self.case.brief, node.get("sources", ()))))
        after = f"{t('open')}{t('source')}{t('colon')}{origins}{t('close')}" if origins else ""
        return lead, t.of(node["sentence"]) + self._by(node), after

    def _node(self, node: Node, depth: int) -> Iterator[Paragraph]:
        """Yield a step that was not told before, and what it rests on."""
        lead, text, origin = self._line(node)
        yield Paragraph(text + origin, lead=lead, style="step", depth=depth)
        yield from self._below(node, depth + 1)

    def _by(self, node: Node) -> str:
        by = node.get("by") or {}
        if by.get("kind") not in ("norm", "definition"):
            return ""
        label = self.words.of(by["label"])
        if by["kind"] == "norm":
            return self.words("proof.by", place=_place(self.words, by), label=label)
        self.standing.define(by)
        return self.words("proof.defined", label=label)

    def _below(self, node: Node, depth: int) -> Iterator[Paragraph]:
        """Yield what a step rests on: what is new, then by number what was told or holds everywhere."""
        yield from self._way(node, depth)
        for way in node.get("also", ()):
            yield Paragraph("", lead=self.words("proof.also"), style="step", depth=depth)
            yield from self._way(way, depth)

    def _way(self, way: Mapping[str, Any], depth: int) -> Iterator[Paragraph]:
        told_here: set[Key] = set()
        premises: list[Node] = list(way.get("premises", ()))
        for premise in premises:
            is_leaf = not (premise.get("premises") or premise.get("also"))
            if not (is_leaf or premise.get("standing") or _key(premise) in self._told):
                yield from self._node(premise, depth)
                told_here.add(_key(premise))
        known: list[str] = []
        leaves: list[tuple[str, str]] = []
        for premise in premises:
            if premise.get("standing"):
                known.append(self.standing.number(self.case, premise))
            elif _key(premise) in told_here:
                continue
            elif (number := self._told.get(_key(premise))) is not None:
                known.append(self.words("proof.step", number=number))
            else:
                lead, text, origin = self._line(premise)
                leaves.append((lead + text, origin))
        if known:
            steps = "".join(dict.fromkeys(known))
            leaves.append((self.words("proof.and", steps=steps), ""))
        if leaves:  # what rests on nothing else stands in one line, a source after the last that has it
            following = [origin for _, origin in leaves[1:]] + [""]
            told = [
                text + (origin if origin != later else "")
                for (text, origin), later in zip(leaves, following, strict=True)
            ]
            yield Paragraph(self.words("semicolon").join(told), style="step", depth=depth)


def _key(node: Node) -> Key:
    """What a step is told as: its statement; a test, which has none of its own, by its words."""
    kind, said = node["kind"], node.get("statement", {})
    if kind in ("absent", "comparison", "count"):
        return (kind, node["sentence"]["zh"])
    return (said.get("predicate"), *said.get("arguments", ()))
