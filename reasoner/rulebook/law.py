"""A regulation as addressable text: articles (条), paragraphs (款), items (项), each with an identifier.

A regulation is one folder: ``source.yaml`` (what is known about the text), ``notice.md`` (the words of
its promulgation) and ``art-NN/text.md`` (the words of one article). This module knows how Chinese
regulations are divided and cited, and nothing of what they say.

Identifiers are ``a39`` (article), ``a39.p4`` (its fourth paragraph) and ``a50.p1.i5`` (an item). What
follows an identifier, as in ``a39.p4.s2``, counts within it and is ignored by every lookup here. The
promulgation notice is article 0.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

_DIGITS = "零一二三四五六七八九"
_MARKER = re.compile(r"^<!-- (a\d+(?:\.p\d+(?:\.i\d+)?)?) -->$")
_IDENTIFIER = re.compile(r"a?(\d+)(?:\.p?(\d+)(?:\.i?(\d+))?)?(?:\.[sn]\d+)*$")
_NUMERAL = r"([零一二三四五六七八九十百\d]+)"
_CITATION = re.compile(rf"第{_NUMERAL}条(?:第{_NUMERAL}款)?(?:第?[（(]?{_NUMERAL}[）)]?项)?$")


class LawError(ValueError):
    """The folder does not hold a regulation in the expected form."""


class NotInLawError(LookupError):
    """No such article, paragraph or item, or no such words in it."""


@dataclass(frozen=True)
class Span:
    """Words of a regulation: the identifier of the paragraph or item, and a literal piece of its text."""

    at: str
    text: str


@dataclass(frozen=True)
class Item:
    """One item (项). ``text`` keeps its own mark, e.g. （五）."""

    id: str
    number: int
    text: str


@dataclass(frozen=True)
class Paragraph:
    """One paragraph (款), without the heading 第…条; its items, if it lists any, stand apart."""

    id: str
    number: int
    text: str
    items: tuple[Item, ...] = ()


@dataclass(frozen=True)
class Article:
    """One article (条)."""

    id: str
    number: int
    chapter: int
    chapter_title: str
    paragraphs: tuple[Paragraph, ...]

    @property
    def heading(self) -> str:
        """The words the article opens with, e.g. 第三十九条."""
        return f"第{to_chinese(self.number)}条"


@dataclass(frozen=True)
class Chapter:
    """One chapter (章) and the numbers of its articles."""

    number: int
    title: str
    articles: tuple[int, ...]

    @property
    def heading(self) -> str:
        """The chapter's own line, e.g. 第七章 督察结果运用."""
        return f"第{to_chinese(self.number)}章 {self.title}"


@dataclass(frozen=True)
class Regulation:
    """A whole regulation. ``source`` is its source.yaml as read; ``notice`` stands before chapter 1."""

    id: str
    iri: str
    title: str
    notice_title: str
    notice: Article
    articles: tuple[Article, ...]
    chapters: tuple[Chapter, ...]
    source: dict[str, Any] = field(repr=False)

    def find(self, where: str) -> Article | Paragraph | Item:
        """Return the subdivision that `where` names.

        `where` is ``39``, ``39.4``, ``a39.p4``, ``a39.p4.s2``, ``50.1.5``, ``第三十九条第四款`` or
        ``第五十条第（五）项`` (an article with one paragraph is cited without it).
        Raises NotInLawError when there is none.
        """
        article, paragraph, item = _numbers(where)
        found = self._by_id.get(f"a{article}")
        if found is None:
            raise NotInLawError(f"{self.title}没有第{article}条 / there is no article {article}: {where}")
        if paragraph is None and item is not None:
            if len(found.paragraphs) > 1:
                listing = [p for p in found.paragraphs if p.items]
                if len(listing) != 1:
                    raise NotInLawError(f"请写明款 / name the paragraph: {where}")
                paragraph = listing[0].number
            else:
                paragraph = 1
        if paragraph is None:
            return found
        if not 1 <= paragraph <= len(found.paragraphs):
            raise NotInLawError(
                f"第{article}条没有第{paragraph}款 / article {article} has no paragraph {paragraph}"
            )
        para = found.paragraphs[paragraph - 1]
        if item is None:
            return para
        if not 1 <= item <= len(para.items):
            raise NotInLawError(
                f"{self.cite(para.id)}没有第（{item}）项 / {self.cite(para.id, 'en')} has no item {item}"
            )
        return para.items[item - 1]

    def article_of(self, where: str) -> Article:
        """Return the article that holds the subdivision `where`. Raises NotInLawError."""
        part = self.find(where)
        return self._by_id[part.id.split(".")[0]]

    def cite(self, where: str, lang: str = "zh") -> str:
        """Return the official citation in `lang` (zh or en): 第三十九条第四款, Art. 39 para. 4.

        The only paragraph of an article is not counted: 第五十条第（五）项. Raises NotInLawError.
        """
        part = self.find(where)
        article = self._by_id[part.id.split(".")[0]]
        article_number, paragraph, item = _numbers(part.id)
        if article_number == 0:
            return "印发通知" if lang == "zh" else "promulgation notice"
        counted = paragraph if len(article.paragraphs) > 1 else None
        if lang == "zh":
            return (
                article.heading
                + (f"第{to_chinese(counted)}款" if counted else "")
                + (f"第（{to_chinese(item)}）项" if item else "")
            )
        return (
            f"Art. {article_number}"
            + (f" para. {counted}" if counted else "")
            + (f" item ({item})" if item else "")
        )

    def iri_of(self, where: str) -> str:
        """Return the IRI of a subdivision: the regulation's IRI, a slash, the identifier."""
        return f"{self.iri}/{self.find(where).id}"

    def text_of(self, where: str) -> str:
        """Return the words of a subdivision; of an article, its paragraphs and items line by line."""
        part = self.find(where)
        return "\n".join(_lines(part)) if isinstance(part, Article) else part.text

    def lines(self) -> Iterator[Paragraph | Item]:
        """Every paragraph and item, in order, those of the promulgation notice first."""
        for article in (self.notice, *self.articles):
            for paragraph in article.paragraphs:
                yield paragraph
                yield from paragraph.items

    def quote_span(self, where: str, quote: str) -> tuple[int, int]:
        """Return (start, end) of `quote` in the text of `where`, counted in characters.

        Raises NotInLawError when the words do not stand there literally.
        """
        text = self.text_of(where)
        start = text.find(quote) if quote else -1
        if start < 0:
            raise NotInLawError(
                f"{self.cite(where)}中没有这段文字 / not in {self.cite(where, 'en')}: {quote}"
            )
        return start, start + len(quote)

    def reassemble(self) -> str:
        """Return the whole text, from the notice to the last article, as it was published."""
        notice = [self.notice_title, *_lines(self.notice)]
        lines = []
        for chapter in self.chapters:
            lines.append(chapter.heading)
            for number in chapter.articles:
                article = self._by_id[f"a{number}"]
                first, *rest = _lines(article)
                lines += [f"{article.heading} {first}", *rest]
        return "\n\n".join(notice) + "\n" + "".join(f"{line}\n\n" for line in lines)

    @cached_property
    def _by_id(self) -> dict[str, Article]:
        return {a.id: a for a in (self.notice, *self.articles)}


def load(folder: Path | str) -> Regulation:
    """Read a regulation from its folder.

    Raises LawError when a file is missing or not in the form that the ontology's README describes.
    """
    folder = Path(folder)
    try:
        source = yaml.load(
            (folder / "source.yaml").read_text("utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        )
        read = [_read(path) for path in sorted(folder.glob("art-*/text.md"))]
        _, notice_blocks = _read(folder / "notice.md")
        articles = tuple(_article(head, blocks) for head, blocks in read)
    except (OSError, yaml.YAMLError, UnicodeDecodeError, KeyError) as error:
        said = " ".join(str(error).split())
        raise LawError(
            f"{folder}: 条文文件形式不对 / a file of the text is not of the form: {said}"
        ) from error
    if [a.number for a in articles] != list(range(1, len(articles) + 1)):
        raise LawError(f"{folder}: articles are not numbered 1, 2, 3 … / 条号不连续")
    return Regulation(
        id=folder.name,
        iri=source["iri"],
        title=source["title"]["zh"],
        notice_title=notice_blocks.pop("a0"),
        notice=Article("a0", 0, 0, "", _paragraphs("a0", notice_blocks)),
        articles=articles,
        chapters=tuple(_chapters(articles)),
        source=source,
    )


def to_chinese(number: int) -> str:
    """Write 1–99 as in headings: 5 → 五, 10 → 十, 39 → 三十九."""
    tens, ones = divmod(number, 10)
    return ("" if tens == 0 else "十" if tens == 1 else _DIGITS[tens] + "十") + (
        _DIGITS[ones] if ones else ""
    )


def from_chinese(word: str) -> int:
    """Read a number below 1000 written as 三十九 or 39. Raises ValueError."""
    if word.isdecimal():
        return int(word)
    total, digit = 0, 0
    for sign in word:
        if sign == "百":
            total, digit = total + (digit or 1) * 100, 0
        elif sign == "十":
            total, digit = total + (digit or 1) * 10, 0
        else:
            digit = _DIGITS.index(sign)
    return total + digit


def _numbers(where: str) -> tuple[int, int | None, int | None]:
    """The numbers of article, paragraph and item in an identifier or a citation."""
    where = where.strip().replace(" ", "")
    match = _IDENTIFIER.match(where) or _CITATION.match(where)
    try:
        groups = [from_chinese(g) if g else None for g in match.groups()] if match else []
    except ValueError:  # a numeral that is none, or of thousands of digits
        groups = []
    if not groups:
        raise NotInLawError(f"不是条款号 / not the number of an article, paragraph or item: {where[:80]}")
    article, paragraph, item = groups
    if article is None:
        raise NotInLawError(where)
    return article, paragraph, item


def _read(path: Path) -> tuple[dict[str, str], dict[str, str]]:
    """One text.md: its head (key: value lines between ---) and the line of text under each marker."""
    head: dict[str, str] = {}
    blocks: dict[str, str] = {}
    marker: str | None = None
    fences = 0
    for number, line in enumerate(path.read_text("utf-8").split("\n"), 1):
        if line == "---" and fences < 2:
            fences += 1
        elif fences == 1:
            key, _, value = line.partition(": ")
            head[key] = value
        elif match := _MARKER.match(line):
            marker = match[1]
        elif line:
            if marker is None or marker in blocks:
                raise LawError(f"{path}:{number}: a line without a marker of its own / 无标识的文字")
            blocks[marker] = line
    return head, blocks


def _article(head: dict[str, str], blocks: dict[str, str]) -> Article:
    number = int(head["article"])
    name = f"a{number}"
    first = f"{name}.p1"
    heading = f"第{to_chinese(number)}条 "
    if not blocks.get(first, "").startswith(heading):
        raise LawError(f"{first} does not open with {heading}/ 未以条号开头")
    blocks[first] = blocks[first].removeprefix(heading)
    return Article(name, number, int(head["chapter"]), head["chapter_title"], _paragraphs(name, blocks))


def _paragraphs(article: str, blocks: dict[str, str]) -> tuple[Paragraph, ...]:
    """Group the marked lines, which must follow each other in their order."""
    items: dict[int, list[Item]] = {}
    texts: list[str] = []
    for name, text in blocks.items():
        _, _paragraph, item = _numbers(name)
        if item is None:
            texts.append(text)
            expected = f"{article}.p{len(texts)}"
        else:
            listed = items.setdefault(len(texts), [])
            listed.append(Item(name, item, text))
            expected = f"{article}.p{len(texts)}.i{len(listed)}"
        if name != expected:
            raise LawError(f"{name} stands where {expected} is expected / 标识次序有误")
    return tuple(
        Paragraph(f"{article}.p{n}", n, text, tuple(items.get(n, ()))) for n, text in enumerate(texts, 1)
    )


def _chapters(articles: tuple[Article, ...]) -> Iterator[Chapter]:
    for number in dict.fromkeys(a.chapter for a in articles):
        inside = [a for a in articles if a.chapter == number]
        yield Chapter(number, inside[0].chapter_title, tuple(a.number for a in inside))


def _lines(article: Article) -> list[str]:
    return [line for p in article.paragraphs for line in (p.text, *(i.text for i in p.items))]
