"""Opens what the reasoner concludes from the record, as of a date."""

from __future__ import annotations

import contextlib
import datetime
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from app.cli import progress
from app.cli.messages import CommandError

if TYPE_CHECKING:
    from reasoner.pipeline import Engine, World


def open_world(as_of: datetime.date | None, engine: Engine = "memory") -> World:
    """Return the world as of a date (default: today); say so when the record is empty."""
    from app.home import home
    from reasoner import pipeline

    with progress.bar("推理 · reasoning") as step:
        opened = pipeline.open_world(home(), as_of, engine=engine, progress=step)
    if opened.record is not None:
        warn_when_empty(opened.record.version)
    return opened


def warn_when_empty(version: int) -> None:
    """Say on stderr that a record at version 0 holds nothing."""
    if version == 0:
        print("记录为空，请先运行 zelian load ｜ the record is empty: run zelian load first", file=sys.stderr)


def check_known(opened: World, issue: str | None, norm: str | None, status: str | None) -> None:
    """Refuse what nothing is called: an empty list would look like an answer.

    Raises CommandError.
    """
    if issue is not None and issue not in opened.issues():
        raise CommandError(f"记录中没有问题 {issue}", f"no issue {issue} on record")
    if norm is not None and not _is_norm(opened, norm):
        raise CommandError(
            f"没有规范 {norm}（写法如 39.4、a39、a39.p4、a39.p4.s2）",
            f"no norm {norm} (write 39.4, a39, a39.p4 or a39.p4.s2)",
        )
    if status is not None:
        from reasoner.engine.conclusions import status_names

        vocabulary = opened.rules.vocabulary
        labels = {name: vocabulary.predicates[name].label for name in status_names(vocabulary)}
        if status not in labels and not any(status in label.values() for label in labels.values()):
            zh = "、".join(f"{name}（{label['zh']}）" for name, label in labels.items())
            raise CommandError(
                f"没有状态 {status}，可用：{zh}", f"no status {status}: use {', '.join(labels)}"
            )


def norm_id(opened: World, text: str) -> str:
    """Return the id of a norm or a place in the law, also when written as for ``zelian law`` (``39.4``)."""
    from reasoner.rulebook.law import NotInLawError

    if not _is_norm(opened, text):
        with contextlib.suppress(NotInLawError):
            return opened.law.find(text).id
    return text


def _is_norm(opened: World, text: str) -> bool:
    return any(f"{known}.".startswith(f"{text}.") for known in _places(opened))


def _places(opened: World) -> Iterator[str]:
    """Yield the ids of all norms and of all places in the law, those included from which nothing follows."""
    yield from opened.rules.book.norms
    for article in opened.law.articles:
        yield article.id
        for paragraph in article.paragraphs:
            yield paragraph.id
            yield from (item.id for item in paragraph.items)


def unit(opened: World, text: str) -> str:
    """Return the id of a unit, given by its id or by a name on record. Raises CommandError."""
    named = opened.speaker.names
    if text in named or text in opened.rules.vocabulary.individuals:
        return text
    found = sorted({each for each, name in named.items() if name == text})
    found = found or list(opened.rules.vocabulary.by_label.get(text, ()))
    if not found:
        raise CommandError(f"没有这个单位：{text}", f"no unit {text}")
    if len(found) > 1:
        raise CommandError(f"{text} 不止一个：{'、'.join(found)}", f"{text} is ambiguous: {', '.join(found)}")
    return found[0]
