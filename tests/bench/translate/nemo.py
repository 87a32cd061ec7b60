"""Rules in the language of Nemo: ``head(?X) :- body(?X, _), ~other(?X), ?X < 5 .``

Names are strings and dates integers: on IRIs Nemo's ``<`` derives nothing. A count becomes its own rule.
A predicate gets a ``p_`` before its name, lest it be one of Nemo's functions. What is read from a file is
copied first: of two rules that only rename and turn around what a file holds, 0.10.2 leaves out the second.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from reasoner.rulebook.rules import Atom, Comparison, Count, Not, Rule, Term, Var
from tests.bench.facts import database
from tests.bench.translate import InexpressibleError

_KINDS = {"n": "string", "i": "int"}


def program(rules: Collection[Rule], files: Mapping[str, tuple[Path, str]]) -> str:
    """Rules, what they read from files, and what is to be kept of them: all that they conclude."""
    heads = dict.fromkeys(rule.head.predicate for rule in rules)
    lines = [*_imports(files)]
    for number, rule in enumerate(rules):
        lines += _rule(rule, number)
    lines += [f'@export {name(head)} :- csv{{resource="{head}.csv"}} .' for head in heads]
    return "\n".join(lines)


def loading(files: Mapping[str, tuple[Path, str]]) -> str:
    """A program that reads every file and does nothing with it."""
    exports = [f'@export {name(p)} :- csv{{resource="{p}.csv"}} .' for p in files]
    return "\n".join([*_imports(files), *exports])


def _imports(files: Mapping[str, tuple[Path, str]]) -> Iterator[str]:
    for predicate, (place, types) in files.items():
        kinds = ",".join("any" if t == "?" else _KINDS[t] for t in types)
        arguments = ", ".join(f"?X{i}" for i in range(len(types)))
        yield f'@import i_{predicate} :- csv{{resource="{place}", format=({kinds})}} .'
        yield f"{name(predicate)}({arguments}) :- i_{predicate}({arguments}) ."


def facts(atoms: Path, used: Collection[str], folder: Path) -> dict[str, tuple[Path, str]]:
    """Write a CSV file for each used predicate that has facts; return the files with the type of each column.

    A column with names and integers (type ``?``) is written as Nemo writes them itself.
    """
    found: dict[str, tuple[Path, str]] = {}
    source = f"read_parquet('{atoms}')"
    with database() as connection:
        run = connection.execute
        for predicate, kinds in run(
            f"SELECT predicate, list(DISTINCT types) FROM {source} GROUP BY predicate ORDER BY predicate"
        ).fetchall():
            if predicate not in used:
                continue
            columns, types = [], ""
            for i, letters in enumerate(zip(*kinds, strict=True)):
                mixed = len(set(letters)) > 1
                types += "?" if mixed else letters[0]
                escaped = f"replace(replace(a{i}, '\\', '\\\\'), '\"', '\\\"')"
                columns.append(
                    f"CASE WHEN types[{i + 1}] = 'n' THEN '\"' || {escaped} || '\"' ELSE a{i} END AS a{i}"
                    if mixed
                    else f"a{i}"
                )
            place = folder / f"{predicate}.csv"
            run(
                f"COPY (SELECT {', '.join(columns)} FROM {source} WHERE predicate = '{predicate}') "
                f"TO '{place}' (FORMAT CSV, HEADER false)"
            )
            found[predicate] = place, types
    return found


def _rule(rule: Rule, number: int) -> Iterator[str]:
    """The lines of one rule: those of its counts, then its own."""
    body: list[str] = [_atom(atom) for atom in rule.positive()]
    outside = {v for atom in (rule.head, *rule.positive()) for v in atom.variables()}
    for place, literal in enumerate(rule.body):
        if isinstance(literal, Not):
            body.append(f"~{_atom(literal.atom)}")
        elif isinstance(literal, Comparison):
            body.append(f"{_term(literal.left)} {literal.op} {_term(literal.right)}")
        elif isinstance(literal, Count):
            aggregate, result = f"c_{number}_{place}", f"?zn{place}"
            keys = sorted(
                {
                    v
                    for a in literal.atoms
                    for v in a.variables()
                    if v in outside and v not in literal.counted
                },
                key=str,
            )
            _check_count(literal, rule)
            inner = ", ".join(_atom(atom) for atom in literal.atoms)
            arguments = [_term(key) for key in keys]
            counted = ", ".join([*arguments, f"#count({_term(literal.counted[0])})"])
            yield f"{aggregate}({counted}) :- {inner} ."
            body.append(f"{aggregate}({', '.join([*arguments, result])})")
            body.append(f"{result} {literal.op} {_term(literal.bound)}")
    yield f"{_atom(rule.head)} :- {', '.join(body)} ."


def _check_count(literal: Count, rule: Rule) -> None:
    if len(literal.counted) != 1:
        raise InexpressibleError(f"{rule.id}: Nemo counts one variable")
    if holds_of_none(literal):
        raise InexpressibleError(f"{rule.id}: Nemo has no count of nothing")


def holds_of_none(literal: Count) -> bool:
    """Whether the condition of a count is met where there is nothing to count (and so no aggregate)."""
    if not isinstance(literal.bound, int):
        return True
    bound = literal.bound
    return {
        "=": bound == 0,
        "!=": bound != 0,
        "<": bound > 0,
        "<=": bound >= 0,
        ">": bound < 0,
        ">=": bound <= 0,
    }[literal.op]


def name(predicate: str) -> str:
    """What a predicate is called in Nemo."""
    return f"p_{predicate}"


def _atom(atom: Atom) -> str:
    return f"{name(atom.predicate)}({', '.join(_term(arg) for arg in atom.args)})"


def _term(term: Term) -> str:
    if isinstance(term, Var):
        return "_" if term.anonymous else f"?{term.name}"
    if isinstance(term, int):
        return str(term)
    escaped = term.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
