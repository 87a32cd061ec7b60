"""The dossier: the list of issues (.xlsx) and the case file (.docx, .pdf) on one issue or a selection.

It says what the record and the conclusions say, with sources and derivations, and nothing else. One content
(``Dossier``) is made from the worlds of the issues and written in three forms, each as bytes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from datetime import date
from typing import Final, Literal

from app.dossier.case import Case, Source, UnknownIssueError, layout
from app.dossier.chapters import numbered, of_issue, shared
from app.dossier.content import Dossier, Paragraph, Part, clean, cleaned
from app.dossier.sheets import sheets
from app.dossier.steps import Standing
from app.dossier.words import Lang, Words
from reasoner.access.view import left_out
from reasoner.pipeline import World, access_of
from reasoner.receipts.runs import left_by

__all__ = [
    "FORMATS",
    "Dossier",
    "Format",
    "NoFontError",
    "Source",
    "UnknownIssueError",
    "docx",
    "dossier",
    "file_name",
    "name_for",
    "pdf",
    "write",
    "xlsx",
]

Format = Literal["xlsx", "docx", "pdf"]
FORMATS: Final[tuple[Format, ...]] = ("xlsx", "docx", "pdf")
_MOST_NAMED = 3  # issues named on a cover; more are counted


class NoFontError(RuntimeError):
    """No Chinese font is installed, so no PDF can be set; says so in both languages, with a slash between."""


def dossier(
    issues: Sequence[str],
    source: Source,
    *,
    lang: Lang = "zh",
    include_restricted: bool = False,
    progress: Callable[[str, int, int], None] | None = None,
) -> Dossier:
    """Return the dossier on some issues, each once, in the order given.

    ``source`` gives the world of each (a desk of the explorer does). Restricted fields are left out unless
    asked for. ``progress`` is told the issue at work, how many are done, and how many there are. Raises
    UnknownIssueError when an issue is not on record, ValueError when none is given.
    """
    wanted = list(dict.fromkeys(issues))
    if not wanted:
        raise ValueError(f"{Words('zh')('error.none')} / {Words('en')('error.none')}")
    words, standing = Words(lang), Standing(Words(lang))
    cases: list[Case] = []
    parts: list[Part] = []
    for number, issue in enumerate(wanted):
        if progress is not None:
            progress(issue, number, len(wanted))
        # indexes of a model grow while it is asked: whoever shares worlds between threads has a lock for it
        with getattr(source, "lock", nullcontext()):
            case = Case(issue, source.case(issue), words, include_restricted)
            parts += of_issue(case, number + 2, standing)
        cases.append(case)
    if progress is not None:
        progress("", len(wanted), len(wanted))
    world = cases[0].world
    about = _about(words, cases[0], include_restricted)
    first = Part(numbered(words, "chapter", 1, words("about.title")), 1, tuple(map(Paragraph, about)))
    last = shared(cases, words, len(cases) + 2, standing)
    mark = words("mark") if any(case.is_fictional for case in cases) else ""
    version = int(str(world.data_version.get("version", 0)))
    digest = str(world.data_version.get("digest", ""))
    day, rules = words.day(world.as_of), world.rules.book.digest[:12]
    sub = words("list.sub", day=day, data=version, digest=digest[:12], rules=rules)
    legend = [*_cover(words, cases), *((words("about.title"), line) for line in about)]
    legend += [(words("about.bound"), line) for line in words("bounds.text").splitlines()]
    predicates = world.rules.vocabulary.predicates
    legend += [
        (words.of(p.label), words.of(p.definition)) for p in predicates.values() if p.is_status and p.roles
    ]
    made = Dossier(
        lang=lang,
        title=words("file.title"),
        list_title=words("list.title"),
        author=words("author"),
        subjects=tuple(f"{case.id} {case.title}" if case.title != case.id else case.id for case in cases),
        issues=tuple(wanted),
        as_of=world.as_of,
        data_version=version,
        data_digest=digest,
        rule_version=world.rules.book.digest,
        mark=mark,
        restricted=include_restricted,
        cover=_cover(words, cases),
        notices=tuple(
            filter(
                None,
                (
                    words("cover.notice"),
                    words("cover.fictional") if mark else "",
                    "" if all(case.calls_for(layout("norm")) for case in cases) else words("cover.unfound"),
                ),
            )
        ),
        parts=(first, *parts, *last),
        sheets=sheets(cases, words, tuple(filter(None, (words("list.title"), sub, mark))), legend),
    )
    return cleaned(made)


def _about(words: Words, case: Case, include_restricted: bool) -> list[str]:
    law = case.world.law
    secret = access_of(case.world.rules).classes.values()
    named = {span["at"].split(".")[0] for each in secret for span in each.basis}
    places = words.listed(law.cite(at, words.lang) for at in sorted(named, key=lambda at: int(at[1:])))
    place = law.cite(layout("norm"), words.lang)
    lines = [words("about.text", title=words.of(law.source["title"])), words("about.list", place=place)]
    if places:
        lines.append(words("about.unrestricted" if include_restricted else "about.restricted", places=places))
    if case.world.record is not None and (unseen := left_out(case.world.record)):
        lines.append(words("about.scope", classes=words.listed(words.of(each.label) for each in unseen)))
    return [*lines, words("about.order")]


def _cover(words: Words, cases: Sequence[Case]) -> tuple[tuple[str, str], ...]:
    world = cases[0].world
    names = [case.id if case.title == case.id else f"{case.id} {case.title}" for case in cases]
    shown = "\n".join(names[:_MOST_NAMED])
    if len(names) > _MOST_NAMED:
        shown += "\n" + words("cover.number", number=len(names))
    inspections = [case.matter.issue.text(words.lang, "raisedIn") for case in cases]
    version = world.data_version
    data = words(
        "cover.data.shown", number=version.get("version", 0), digest=str(version.get("digest", ""))[:12]
    )
    law = world.law
    place = law.cite(layout("norm"), words.lang)
    under = words("cover.law.named", title=words.of(law.source["title"]), place=place)
    return (
        (words("cover.issues"), shown),
        (words("cover.inspection"), words.listed(inspections) or words("none")),
        (words("cover.law"), under),
        (words("cover.as_of"), words.day(world.as_of)),
        (words("cover.data"), data),
        (words("cover.rules"), world.rules.book.digest[:12]),
        *_receipt(words, world),
    )


def _receipt(words: Words, world: World) -> Iterator[tuple[str, str]]:
    """The receipt that the reasoning left; nothing for who does not see the record as a whole."""
    if (receipt := left_by(world)) is not None:
        yield (
            words("cover.receipt"),
            words("cover.receipt.shown", number=receipt.number, digest=receipt.digest[:12]),
        )


def xlsx(made: Dossier) -> bytes:
    """Return the list as a workbook."""
    from app.dossier import workbook

    return workbook.write(made)


def docx(made: Dossier) -> bytes:
    """Return the case file as a document of the usual official form."""
    from app.dossier import document

    return document.write(made)


def pdf(made: Dossier) -> bytes:
    """Return the case file as a PDF. Raises NoFontError when no Chinese font is installed."""
    from app.dossier import pages

    return pages.write(made)


def write(made: Dossier, form: Format) -> bytes:
    """Return the dossier in one of the formats. Raises what the writer of the format raises."""
    return {"xlsx": xlsx, "docx": docx, "pdf": pdf}[form](made)


def file_name(made: Dossier, form: Format) -> str:
    """Return the name of the file: 案卷_CQ-001_截至20261123.docx."""
    return name_for(made.issues, made.as_of, form, made.lang)


def name_for(issues: Sequence[str], as_of: date, form: Format, lang: Lang = "zh") -> str:
    """Return what the file of a dossier on these issues will be called, before it is made."""
    words = Words(lang)
    first, number = issues[0], len(issues)
    which = words("file.many", first=first, number=number, more=number - 1) if number > 1 else first
    what = words("list.name" if form == "xlsx" else "file.name")
    name = f"{what}_{which}_{words('file.as_of', day=f'{as_of:%Y%m%d}')}"
    # what no file system takes, and a dot or blank at the end, which Windows drops
    return re.sub(r'[\\/:*?"<>|\n]', "-", clean(name)).strip(". ")[:150] + f".{form}"
