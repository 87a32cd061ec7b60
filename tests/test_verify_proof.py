"""zelian verify-proof: 0 accepted, 1 rejected with the step named, 2 for a file that is no proof."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app.cli import main
from reasoner import bundled, pipeline
from reasoner.casebook import cases
from reasoner.engine import calendar
from reasoner.records.registry import bundled_registry


def a_proof() -> str:
    """The proof of the first conclusion of the first case."""
    case = cases.read(next(iter(cases.files([bundled.path("ontology", "regulation")]))))[0]
    world = cases.Scene(case, pipeline.ontology(), bundled_registry()).world()
    return json.dumps(world.certify(world.conclusions()[0].id))


def edited(text: str, **changes: Any) -> str:
    """A proof with other values at its top."""
    return json.dumps({**json.loads(text), **changes})


def unreadable(text: str) -> dict[str, bytes]:
    """Files that are no proofs, by what is wrong with them."""
    node = {"kind": "absent", "statement": {"predicate": "p", "arguments": [None]}}
    facts = json.loads(text)["facts"]
    other = {
        "no object": "[]",
        "cut off": text[:-9],
        "nested too deeply": "[" * 200_000,
        "a number too long": text.replace('"root": 1', '"root": ' + "1" * 5000),
        "no number": text.replace('"root": 1', '"root": NaN'),
        "a key twice": text.replace('"root": 1', '"root": 1, "root": 1'),
        "another format": edited(text, format="zelian-proof/9"),
        "no facts": json.dumps({k: v for k, v in json.loads(text).items() if k != "facts"}),
        "more than is checked": edited(text, sentence="已查实"),
        "less than is needed": json.dumps({k: v for k, v in json.loads(text).items() if k != "as_of"}),
        "another type": edited(text, root="1"),
        "nodes without numbers": edited(text, nodes={"x": node}),
        "no such kind": edited(text, nodes={"1": {**node, "kind": "hearsay"}}),
        "no node": edited(text, nodes={"1": 1}),
        "true as a value": edited(text, nodes={"1": {**node, "kind": "as_of", "statement": {
            "predicate": "p", "arguments": [True]}}}),
        "a list of other things": edited(text, beside=["1"]),
        "a fact that is none": edited(text, facts={**facts, "recorded": [1]}),
    }  # fmt: skip
    return {name: content.encode() for name, content in other.items()} | {
        "nothing": b"",
        "not text": bytes(range(256)),
        "another encoding": text.encode("utf-16"),
    }


def test_what_is_no_proof_is_named_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, content in unreadable(a_proof()).items():
        file = tmp_path / "proof.json"
        file.write_bytes(content)
        assert main(["verify-proof", str(file)]) == 2, name
        said = capsys.readouterr()
        assert not said.out
        assert said.err.count("\n") == 1, name
        assert said.err.startswith("错误：" if "｜" in said.err else "错误 error"), said.err
        assert "Error;" not in said.err, (name, said.err)  # a mishap that nobody foresaw names its class
    for path in (tmp_path, tmp_path / "none.json"):
        assert main(["verify-proof", str(path)]) == 2


def test_a_proof_is_written_checked_and_refused_on_the_command_line(
    bundled_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ZELIAN_HOME", str(bundled_home))
    world = pipeline.open_world(bundled_home, calendar.to_date(20261101))
    conclusion = next(c for c in world.conclusions() if c.status == "insufficient")
    day = ["--as-of", "2026-11-01"]
    assert main(["explain", conclusion.id, "--checkable", *day]) == 0
    text = capsys.readouterr().out
    (file := tmp_path / "proof.json").write_text(text, "utf-8")
    known = json.loads(text)["facts"]["sha256"]
    assert main(["verify-proof", str(file), "--facts", known]) == 0
    said = capsys.readouterr().out
    assert "证明成立" in said
    assert known in said
    assert main(["verify-proof", str(file), "--lang", "en"]) == 0
    assert capsys.readouterr().out.startswith("accepted: insufficient(")
    assert main(["verify-proof", str(file), "--facts", "0" * 64]) == 1
    assert "散列值应为" in capsys.readouterr().out
    proof = json.loads(text)
    (root := proof["nodes"][str(proof["root"])])["premises"].reverse()
    file.write_text(json.dumps(proof), "utf-8")
    assert main(["verify-proof", str(file), "--lang", "en"]) == 1
    said = capsys.readouterr()
    assert f"step {proof['root']}: premise {root['premises'][0]} should be: " in said.out
    assert "证明不成立" in said.err
    assert main(["verify-proof", str(file), "--rules", str(tmp_path)]) == 2
    assert "规则无法读取" in capsys.readouterr().err
