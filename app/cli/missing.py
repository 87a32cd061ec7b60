"""The answer to a why-not as lines of text. Everything shown is what the reasoner said; nothing is added."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Data = Mapping[str, Any]


def lines(answer: Data, lang: str) -> Iterator[str]:
    """Yield the lines of a ``zelian-why-not/1`` in ``zh`` or ``en``."""
    yield from _Writer(lang).answer(answer)


class _Writer:
    def __init__(self, lang: str) -> None:
        self.lang = lang
        self.colon = ": " if lang == "en" else "："
        self._numbers: dict[str, int] = {}  # what has been told in full: told again, its number suffices
        self._quoted: set[str] = set()

    def word(self, zh: str, en: str) -> str:
        return en if self.lang == "en" else zh

    def said(self, text: Mapping[str, str]) -> str:
        return text.get(self.lang) or text.get("zh") or ""

    def answer(self, answer: Data) -> Iterator[str]:
        asked = answer["statement"]
        about = " ".join([answer["issue"], *asked["norms"][:3], "…"[: len(asked["norms"]) > 3]]).rstrip()
        yield f"{about}{self.colon}“{self.said(asked['status_label'])}”"
        yield f"{self.word('基准日', 'as of')} {answer['as_of']}"
        yield ""
        if answer["follows"]:
            yield self.word("已经得出：", "It follows already:")
            for conclusion in answer["follows"]:
                yield f"  {conclusion['id']}  {self.said(conclusion['sentence'])}"
                yield f"     {self.word('证明', 'proof')}{self.colon}zelian explain {conclusion['id']}"
        elif answer["never"]:
            yield from self._never(answer["never"])
        elif not answer["sets"]:
            yield self._nothing(answer)
            for end in answer["ends"]:
                yield f"  ✗ {self.said(end['sentence'])}"
                yield from self._asked(end["asked_by"])
        else:
            yield self._head(answer)
            for number, each in enumerate(answer["sets"], 1):
                yield from self._set(each, number if len(answer["sets"]) > 1 else None)

    def _never(self, never: Sequence[Data]) -> Iterator[str]:
        yield self.word(
            "补录什么都得不出来，因为没有规则对这条规范得出：",
            "Nothing that could be recorded would make it follow, since no rule ever concludes of the norm:",
        )
        for each in never:
            place = f"{each['norm']}  " if each["norm"] else ""
            yield f"  {place}{each['predicate']}{self.colon}{self.said(each['sentence'])}"
            if cited := each.get("citation"):
                yield f"     {self._cited(cited)}"

    def _nothing(self, answer: Data) -> str:
        if answer["more_than"] is not None:
            return self.word(
                f"所缺超过{answer['more_than']}项，没有找到可以补足的一组。",
                f"More than {answer['more_than']} things are missing; no set that suffices was found.",
            )
        if not answer["complete"]:
            return self.word(
                "没有找到可以补足的一组；查找因步数所限而中止，不等于没有。",
                "No set that suffices was found; the search was cut short: there may be one.",
            )
        return self.word(
            "补录什么都得不出来。它需要而与记录相抵触的：",
            "Nothing that could be recorded would make it follow. It needs, against what is on record:",
        )

    def _head(self, answer: Data) -> str:
        if answer["more_than"] is not None:
            return self.word(
                f"所缺超过{answer['more_than']}项；至少有这些（未必是最少的一组）：",
                f"More than {answer['more_than']} things are missing; at least these (maybe not the fewest):",
            )
        if not answer["complete"]:
            return self.word(
                "不能得出。补上下列各项即可得出（查找未穷尽，未必最少）：",
                "It does not follow. With these it would (the search was cut short: maybe not the fewest):",
            )
        if len(answer["sets"]) > 1:
            return self.word(
                "不能得出，所缺最少的是下列各组之一：",
                "It does not follow. The least that is missing is one of:",
            )
        return self.word("不能得出，所缺最少的是：", "It does not follow. The least that is missing:")

    def _set(self, each: Data, number: int | None) -> Iterator[str]:
        if number is not None:
            yield ""
            yield self.word(f"第{number}组", f"Set {number}")
        for thing in each["missing"]:
            yield from self._thing(thing)
        for obstacle in each["in_the_way"]:
            head = self.word("记录中挡住它的", "in the way on record")
            yield f"  ✗ {head}{self.colon}{self.said(obstacle['sentence'])}"
            for leaf in obstacle["rests_on"]:
                yield f"      {self.word('据', 'by')} {self.said(leaf)}"
            yield from self._asked(obstacle["asked_by"])
        if undone := list(dict.fromkeys(self.said(u["sentence"]) for u in each["undoes"])):
            first, *more = undone
            rest = self.word(f"（等{len(more) + 1}项）", f" (and {len(more)} more)") if more else ""
            yield f"    {self.word('现在挡住它的', 'now in the way')}{self.colon}{first}{rest}"

    def _thing(self, thing: Data) -> Iterator[str]:
        text = self.said(thing["sentence"])
        if text in self._numbers:
            yield f"  + [{self._numbers[text]}] {self.word('同上', 'as above')}"
            return
        self._numbers[text] = len(self._numbers) + 1
        yield f"  + [{self._numbers[text]}] {text}"
        yield from self._asked(thing["asked_by"])

    def _asked(self, asked: Sequence[Data]) -> Iterator[str]:
        head = self.word("要求它的", "asked for by")
        for each in asked:
            if not each.get("citation"):
                continue
            if each["id"] in self._quoted:
                yield f"      {head} {each['id']}{self.word('（见上）', ' (above)')}"
                continue
            self._quoted.add(each["id"])
            yield f"      {head} {each['id']}{self.colon}{self.said(each['label'])}"
            yield f"        {self._cited(each['citation'])}"
        if definitions := [self.said(each["label"]) for each in asked if not each.get("citation")]:
            joint = "、" if self.lang == "zh" else ", "
            yield f"      {self.word('依定义', 'by the definition')}{self.colon}{joint.join(definitions)}"

    def _cited(self, cited: Data) -> str:
        return f"{self.said(cited['text'])}{self.colon}“{cited['quote']}”"
