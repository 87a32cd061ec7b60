"""``zelian ask``: a ready question with its blanks filled in, or a SPARQL query of one's own."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

from app.cli import progress, tables, terminal
from app.cli.messages import CommandError

if TYPE_CHECKING:
    from pathlib import Path

    from reasoner.pipeline import Ontology
    from reasoner.queries.questions import Blank, Question
    from reasoner.records.directory import Directory
    from reasoner.records.record import Record

_LISTED = {"zh": ("问题", "空格", "内容"), "en": ("question", "blanks", "what it asks")}
_WHY = {
    "required": ("请填写 {blank}：--blank {blank}=…", "fill in {blank}: --blank {blank}=…"),
    "unknown": ("{blank} 没有这个取值：{value}", "{value} is nothing that {blank} can be"),
    "date": (
        "{blank} 应为日期，如 2026-11-23：{value}",
        "{blank} must be a date such as 2026-11-23: {value}",
    ),
    "long": ("{blank} 太长", "{blank} is too long"),
}
_WRONG = {
    "syntax": ("语法错误：{said}", "syntax error: {said}"),
    "outside": ("不得使用 {word}：查询不能引用外部数据", "{word} is refused: no query reaches outside data"),
    "changing": ("不得使用 {word}：这里只能查询", "{word} is refused: this reads and changes nothing"),
    "escape": ("请直接写字，不用 {word} 转义", "write the character itself instead of the escape {word}"),
    "empty": ("查询是空的", "the query is empty"),
    "failed": ("查询未能完成，请缩小范围", "the query could not be finished: narrow it"),
}


def run(arguments: argparse.Namespace) -> int:
    """Print the answer; without a question and a query, the questions that can be asked."""
    from reasoner.queries import questions

    catalogue = questions.catalogue()
    if arguments.question is None and arguments.sparql is None:
        sys.stdout.write(_list(catalogue.questions.values(), arguments.lang))
        return 0
    if arguments.question is not None and arguments.sparql is not None:
        raise CommandError("现成问题和 --sparql 只能选一个", "take a ready question or --sparql, not both")
    question = None
    if arguments.question is not None:
        question = catalogue.questions.get(arguments.question)
        if question is None:
            raise CommandError(
                f"没有这个问题：{arguments.question}（zelian ask 列出全部）",
                f"no question {arguments.question} (zelian ask lists them)",
            )
    return _answer(arguments, question)


def _list(found: Any, language: str) -> str:
    rows = [
        (
            each.id,
            " ".join(f"{blank.name}{'*' if blank.required else ''}" for blank in each.blanks),
            each.title[language],
        )
        for each in found
    ]
    return tables.table(_LISTED[language], rows, terminal.width()) + "\n"


def _answer(arguments: argparse.Namespace, question: Question | None) -> int:
    import datetime

    from app.home import home
    from reasoner import pipeline
    from reasoner.queries import meanings, questions, sparql
    from reasoner.records import directory
    from reasoner.rulebook import sentences

    day = arguments.as_of or datetime.date.today()
    rules = pipeline.ontology(None, home() / "cache")
    with pipeline.record_of(home()) as record:
        if record.version == 0:
            print("记录为空，请先运行 zelian load ｜ the record is empty: run zelian load", file=sys.stderr)
        known = directory.directory(record, rules.vocabulary)
        if question is not None:
            query = _bound(question, arguments.blank, rules, known, record)
        else:
            query = _text(arguments.sparql)
        place = _store(home(), record, rules, day)
        speaker = sentences.Speaker(rules.vocabulary, rules.book, record.names())
    try:
        answer = sparql.ask(place, query, sparql.prefixes(rules))
    except sparql.QueryError as error:
        raise _wrong(error) from None
    read = meanings.Meanings(rules, known, speaker.named, lambda _: None)
    language = arguments.lang
    found = [[read.of(cell) if cell else None for cell in row] for row in answer.rows]
    columns = questions.catalogue().columns
    if arguments.format == "jsonl":
        names = answer.variables
        records = [
            {
                name: {"id": each.id, "name": each.words[language]} if each else None
                for name, each in zip(names, row, strict=True)
            }
            for row in found
        ]
        sys.stdout.write(tables.as_jsonl(records))
    else:
        head = [columns[name][language] if name in columns else name for name in answer.variables]
        rows = [[_said(each, language) for each in row] for row in found]
        csv = arguments.format == "csv"
        made = tables.as_csv(head, rows) if csv else tables.table(head, rows, terminal.width()) + "\n"
        sys.stdout.write(made)
    _remark(question, answer, language)
    return 0


def _said(found: Any, language: str) -> str:
    """Return the words of a cell, followed by the id when it is another."""
    if found is None:
        return ""
    words = str(found.words[language])
    plain = found.kind in ("text", "number", "date", "status", "term", "place") or words == found.id
    return words if plain else f"{words} [{found.id}]"


def _remark(question: Question | None, answer: Any, language: str) -> None:
    """Say on stderr what an empty answer means, and that an answer was cut."""
    if answer.cut:
        more = {"zh": "结果不完整，请缩小范围", "en": "the result is incomplete: narrow the question"}
        print(f"{len(answer.rows)}: {more[language]}", file=sys.stderr)
    elif not answer.rows and question is not None:
        print(question.empty[language], file=sys.stderr)


def _store(folder: Path, record: Record, rules: Ontology, day: Any) -> Path:
    from reasoner.engine.survey import open_survey
    from reasoner.queries import sparql

    with progress.bar("推理 · reasoning") as step:

        def conclusions() -> Any:
            return open_survey(folder, day).conclusions

        return sparql.store(
            folder / "cache", record, rules, day.isoformat(), conclusions, lambda n: step("triples", n, 0)
        )


def _text(file: Path) -> str:
    """Return the query in a file; ``-`` reads standard input."""
    return sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8-sig")


def _bound(question: Question, given: list[str], rules: Ontology, known: Directory, record: Record) -> str:
    from reasoner.queries import questions

    blanks = {blank.name: blank for blank in question.blanks}
    values = {}
    for each in given:
        name, sign, value = each.partition("=")
        if not sign or name not in blanks:
            names = "、".join(blanks) or "–"
            raise CommandError(
                f"--blank 应为 名称=取值，名称可为 {names}：{each}", f"--blank takes NAME=VALUE: {each}"
            )
        values[name] = _value(blanks[name], value.strip(), rules, known, record)
    try:
        return questions.bound(question, values, rules)
    except questions.BlankError as error:
        zh, en = (words.format(blank=error.blank, value=error.value) for words in _WHY[error.why])
        raise CommandError(zh, en) from None


def _value(blank: Blank, text: str, rules: Ontology, known: Directory, record: Record) -> str:
    """Return the id that a value means, given by id or by name. Raises CommandError."""
    vocabulary = rules.vocabulary
    match blank.kind:
        case "unit" | "district" | "sector":
            family = {"unit": "body", "district": "territory", "sector": "sector"}[blank.kind]
            ids = known.called(text)
            found = [each for each in ids if known.family(each) == family]
            found = found or [each for each in ids if blank.kind == "unit"]  # a district bears duties too
        case "inspection":
            found = (
                [text] if record.knows(text) else [id for id, name in record.names().items() if name == text]
            )
        case "status":
            found = [
                name
                for name, term in vocabulary.predicates.items()
                if term.is_status and text in (name, *term.label.values())
            ]
        case "finding" | "missing":
            found = [text] if text in vocabulary.individuals else list(vocabulary.by_label.get(text, ()))
        case _:
            return text
    if len(found) != 1:
        named = "、".join(found) if found else text
        raise CommandError(
            f"{blank.name}：{'不止一个' if found else '没有'}：{named}",
            f"{blank.name}: {'several' if found else 'nothing is called so'}: {named}",
        )
    return found[0]


def _wrong(error: Any) -> CommandError:
    zh, en = (words.format(said=error.said[:200], word=error.word) for words in _WRONG[error.reason])
    if error.line is not None:
        zh = f"第 {error.line} 行第 {error.column} 列：{zh}"
        en = f"line {error.line}, column {error.column}: {en}"
    return CommandError(zh, en)
