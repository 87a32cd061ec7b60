"""A proof as a tree of lines, down to the words of the regulation and the row of the ledger."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Node = Mapping[str, Any]

KINDS = {
    "conclusion": ("结论", "conclusion"),
    "beside": ("另列", "beside"),
    "step": ("中间结论", "step"),
    "norm": ("规范", "norm"),
    "definition": ("定义", "definition"),
    "axiom": ("归类", "classification"),
    "fact": ("事实", "fact"),
    "finding": ("认定", "finding"),
    "parameter": ("参数", "parameter"),
    "as_of": ("基准日", "as of"),
    "calendar": ("历法", "calendar"),
    "absent": ("未见", "not found"),
    "comparison": ("比较", "comparison"),
    "count": ("计数", "count"),
    "completeness": ("完备性声明", "completeness"),
}
"""What the kinds of node of ``zelian-proof/1`` are called."""

SOURCE = {
    "sheet": ("工作表", "sheet"),
    "row": ("行", "row"),
    "columns": ("列", "columns"),
    "by": ("录入", "by"),
    "at": ("时间", "at"),
}


def lines(proof: Mapping[str, Any], lang: str, full: bool = False) -> Iterator[str]:
    """Yield the lines of a whole proof, in ``zh`` or ``en``.

    What holds whatever is recorded (``standing``) is listed once at the end and referred to by letter; with
    ``full`` it stands where it is used, with all that it rests on.
    """
    writer = _Writer(lang, full, set(_pointed_at(proof["proof"])))
    conclusion = proof["conclusion"]
    yield f"{conclusion['id']}  {writer.said(conclusion['status_label'])}"
    yield f"{writer.word('基准日', 'as of')} {proof['as_of']}" + writer.version(proof)
    yield from writer.citation(conclusion["citation"])
    yield ""
    yield from writer.node(proof["proof"])
    yield from writer.standing()
    for node in proof.get("beside") or ():
        yield ""
        own = _Writer(lang, full, set(_pointed_at(node)))
        yield from own.node({**node, "kind": "beside"})
        yield from own.standing()
    for organ in conclusion.get("not_counted") or ():
        said = writer.word("未计入", "not counted")
        yield f"{said}{writer.colon}{writer.said(organ['name'])} – {writer.said(organ['reason_label'])}"
    if readings := conclusion.get("other_readings"):
        yield ""
        for reading in readings:
            other = writer.word("另一种理解", "the other reading")
            yield f"{other}{writer.colon}{writer.said(reading['label'])}"
            yield f"   → {writer.said(reading['status_label'])}{writer.colon}{writer.said(reading['other'])}"


def _letter(number: int) -> str:
    """a, b … z, aa, ab …"""
    head, tail = divmod(number, 26)
    return (_letter(head - 1) if head else "") + chr(ord("a") + tail)


def _pointed_at(node: Node) -> Iterator[int]:
    """Yield the numbers of the nodes that others refer to."""
    if "same_as" in node:
        yield int(node["same_as"])
    for way in (node, *(node.get("also") or ())):
        for premise in way.get("premises") or ():
            yield from _pointed_at(premise)


class _Writer:
    """Writes nodes in one language."""

    def __init__(self, lang: str, full: bool, referred: set[int]) -> None:
        self.lang, self.full, self._referred = lang, full, referred
        self._standing: dict[str, Node] = {}
        self.colon = ": " if lang == "en" else "："
        self._told: set[str] = set()  # norms and definitions whose words have been shown

    def word(self, zh: str, en: str) -> str:
        return en if self.lang == "en" else zh

    def said(self, text: Mapping[str, str] | None) -> str:
        return (text or {}).get(self.lang) or (text or {}).get("zh") or ""

    def version(self, proof: Mapping[str, Any]) -> str:
        data, rules = proof.get("data_version") or {}, str(proof.get("rule_version") or "")
        shown = f" · {self.word('数据版本', 'data version')} {data['version']}" if data.get("version") else ""
        return shown + (f" · {self.word('规则', 'rules')} {rules[:8]}" if rules else "")

    def node(self, node: Node, stem: str = "", joint: str = "") -> Iterator[str]:
        """Yield a node, what it rests on, and every further way in which it follows."""
        kind = self.word(*KINDS.get(str(node["kind"]), (str(node["kind"]),) * 2))
        folded = self.word("（见上）", " (shown above)") if node.get("folded") else ""
        if number := node.get("same_as"):
            folded = self.word(f"（见 #{number}）", f" (see #{number})")
        number = f" #{node['number']}" if node.get("number") in self._referred else ""
        yield f"{stem}{joint}[{kind}{number}] {self.said(node.get('sentence'))}{folded}"
        stem += {"├─ ": "│  ", "└─ ": "   ", "": ""}[joint]
        also = list(node.get("also") or ())
        yield from self._way(node, stem, last=not also)
        for number, way in enumerate(also, 2):
            yield f"{stem}{'└─ ' if number == len(also) + 1 else '├─ '}" + self.word(
                f"（第 {number} 种得出方式）", f"(way {number} in which it follows)"
            )
            yield from self._way(way, stem + ("   " if number == len(also) + 1 else "│  "), last=True)

    def _way(self, way: Node, stem: str, last: bool) -> Iterator[str]:
        every: Sequence[Node] = list(way.get("premises") or ())
        premises = [p for p in every if self.full or not p.get("standing")]
        inner = stem + ("│  " if premises or not last else "   ")
        if by := way.get("by"):
            yield from (inner + line for line in self._by(by))
        for source in way.get("sources") or ():
            if said := self._source(source):
                yield f"{inner}{self.word('出处', 'source')}{self.colon}{said}"
        if letters := [self._letter(p) for p in every if not self.full and p.get("standing")]:
            yield (
                f"{inner}{self.word('另据各处相同的前提', 'and premises that are the same everywhere')} "
                + " ".join(dict.fromkeys(letters))
            )
        for number, premise in enumerate(premises, 1):
            yield from self.node(premise, stem, "└─ " if last and number == len(premises) else "├─ ")

    def _letter(self, node: Node) -> str:
        """By which letter a standing premise is listed at the end."""
        said = self.said(node.get("sentence"))
        self._standing.setdefault(said, node)
        return _letter(list(self._standing).index(said))

    def standing(self) -> Iterator[str]:
        """Yield what holds whatever is recorded: each once, with where it comes from."""
        if not self._standing:
            return
        yield ""
        yield self.word(
            "各处相同的前提（不取决于记录）：", "Premises that are the same everywhere, whatever is recorded:"
        )
        for number, (said, node) in enumerate(self._standing.items()):
            origin = [shown for source in node.get("sources") or () if (shown := self._source(source))]
            if by := node.get("by"):
                origin.append(f"{by['id']} {self.said(by.get('label'))}".strip())
            yield f"  {_letter(number)} {said}" + (f" · {' · '.join(origin)}" if origin else "")

    def _by(self, by: Node) -> Iterator[str]:
        kind = self.word(*KINDS.get(str(by["kind"]), (str(by["kind"]),) * 2))
        yield f"{self.word('依据', 'by')} {kind} {by['id']}{self.colon}{self.said(by.get('label'))}"
        if by["id"] in self._told:
            return
        self._told.add(by["id"])
        if cited := by.get("citation"):
            yield from self.citation(cited)
        if reading := self.said(by.get("reading")):
            yield f"{self.word('理解', 'reading')}{self.colon}{reading}"

    def citation(self, cited: Mapping[str, Any]) -> Iterator[str]:
        quote = f"{self.colon}“{cited['quote']}”" if cited.get("quote") else ""
        yield f"{self.said(cited.get('text')) or cited['id']}{quote}"

    def _source(self, source: Mapping[str, Any]) -> str:
        parts = [str(source["file"])] if source.get("file") else []
        for key, names in SOURCE.items():
            if (value := source.get(key)) not in (None, ""):
                parts.append(f"{self.word(*names)} {value}")
        for key in ("url", "note"):
            value = source.get(key)
            if value:
                parts.append(self.said(value) if isinstance(value, Mapping) else str(value))
        if name := source.get("ontology"):
            parts.append(f"{self.word('本体', 'ontology')} {name}")
        if source.get("registry"):
            parts.append(self.word("自带名录", "bundled registry"))
        if rule := source.get("rule"):
            parts.append(self.said(rule) if isinstance(rule, Mapping) else str(rule))
        return " · ".join(parts)
