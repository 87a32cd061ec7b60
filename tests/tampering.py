"""Ways to tamper with a checkable proof, each of which makes it say what does not follow."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from reasoner.checker.document import hash_of

Document = dict[str, Any]
Tampering = Callable[[Document, random.Random], bool]
"""Changes a proof in place; False when it offers nothing to change in this way."""

NOBODY = "无此单位"
_STEPS = ("conclusion", "step")


def sealed(proof: Document) -> bool:
    """What a careful forger does last: the hash of the facts fits again."""
    proof["facts"]["sha256"] = hash_of(proof)
    return True


def _nodes(proof: Document, *kinds: str) -> list[Document]:
    return [node for node in proof["nodes"].values() if not kinds or node["kind"] in kinds]


def _ways(proof: Document) -> list[Document]:
    return [way for node in _nodes(proof, *_STEPS) for way in (node, *node.get("also", ()))]


def _other(value: Any) -> Any:
    return value + 1 if isinstance(value, int) else NOBODY


def premise_changed(proof: Document, dice: random.Random) -> bool:
    node = dice.choice(_nodes(proof, "fact", "step", "parameter", "as_of", "ontology", "calendar", "absent"))
    arguments = node["statement"]["arguments"]
    place = dice.randrange(len(arguments))
    arguments[place] = _other(arguments[place])
    return True


def predicate_changed(proof: Document, dice: random.Random) -> bool:
    dice.choice(_nodes(proof, "fact", "step", "absent"))["statement"]["predicate"] += "Not"
    return True


def date_changed(proof: Document, dice: random.Random) -> bool:
    dated = [
        (node["statement"]["arguments"], i)
        for node in _nodes(proof, "fact", "step", "conclusion", "calendar", "as_of", "parameter")
        for i, value in enumerate(node["statement"]["arguments"])
        if isinstance(value, int)
    ]
    if dated:
        arguments, place = dice.choice(dated)
        arguments[place] += dice.choice((1, 10_000, -1))
    return bool(dated)


def period_changed(proof: Document, dice: random.Random) -> bool:
    """The end of a period is moved everywhere, so that only working it out again can tell."""
    periods = _nodes(proof, "calendar")
    if not periods:
        return False
    old = dice.choice(periods)["statement"]["arguments"][2]

    def moved(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: moved(part) for key, part in value.items()}
        if isinstance(value, list):
            return [moved(part) for part in value]
        return old + 1 if value == old else value

    proof["nodes"] = moved(proof["nodes"])
    return True


def counting_changed(proof: Document, dice: random.Random) -> bool:
    for node in _nodes(proof, "calendar"):
        node["counting"] = "startDayCounts"
    return bool(_nodes(proof, "calendar"))


def day_changed(proof: Document, dice: random.Random) -> bool:
    """The day of asking is moved, with the hash, where a step rests on it."""
    proof["as_of"] = "2019-01-01"
    return sealed(proof) and bool(_nodes(proof, "as_of"))


def step_dropped(proof: Document, dice: random.Random) -> bool:
    numbers = [number for number in proof["nodes"] if number != str(proof["root"])]
    del proof["nodes"][dice.choice(numbers)]
    return True


def premise_dropped(proof: Document, dice: random.Random) -> bool:
    premises = dice.choice([way["premises"] for way in _ways(proof) if way["premises"]])
    del premises[dice.randrange(len(premises))]
    return True


def premises_exchanged(proof: Document, dice: random.Random) -> bool:
    for way in _ways(proof):
        kinds = [proof["nodes"][str(n)]["statement"].get("predicate") for n in way["premises"]]
        if len(set(kinds)) > 1:
            first = kinds.index(next(kind for kind in kinds if kind != kinds[-1]))
            numbers = way["premises"]
            numbers[first], numbers[-1] = numbers[-1], numbers[first]
            return True
    return False


def binding_swapped(proof: Document, dice: random.Random) -> bool:
    fit = [way["binding"] for way in _ways(proof) if len(set(map(str, way["binding"].values()))) > 1]
    if not fit:
        return False
    binding = dice.choice(fit)
    one, other = dice.choice([(a, b) for a in binding for b in binding if str(binding[a]) != str(binding[b])])
    binding[one], binding[other] = binding[other], binding[one]
    return True


def variable_dropped(proof: Document, dice: random.Random) -> bool:
    binding = dice.choice([way["binding"] for way in _ways(proof) if way["binding"]])
    del binding[dice.choice(list(binding))]
    return True


def _cited(proof: Document) -> list[Document]:
    return [way["by"]["citation"] for way in _ways(proof) if "citation" in way["by"]] + [
        proof["conclusion"]["citation"]
    ]


def article_changed(proof: Document, dice: random.Random) -> bool:
    dice.choice(_cited(proof))["id"] = "a45.p1"
    return True


def quote_changed(proof: Document, dice: random.Random) -> bool:
    citation = dice.choice(_cited(proof))
    citation["quote"] = citation["quote"][:-1] + "可"
    return True


def quote_moved(proof: Document, dice: random.Random) -> bool:
    dice.choice(_cited(proof))[dice.choice(("start", "end"))] += 1
    return True


def text_hash_changed(proof: Document, dice: random.Random) -> bool:
    dice.choice(_cited(proof))["sha256"] = "0" * 64
    return True


def quote_dropped(proof: Document, dice: random.Random) -> bool:
    cited = [way["by"] for way in _ways(proof) if "citation" in way["by"]]
    if cited:
        del dice.choice(cited)["citation"]
    return bool(cited)


def owner_changed(proof: Document, dice: random.Random) -> bool:
    dice.choice(_ways(proof))["by"]["id"] = "a45.p1.s1"
    return True


def rule_exchanged(proof: Document, dice: random.Random) -> bool:
    way = dice.choice(_ways(proof))
    other = dice.choice(_ways(proof))
    if way["rule"] == other["rule"]:
        return False
    way["rule"], way["by"] = other["rule"], other["by"]
    return True


def condition_struck_out(proof: Document, dice: random.Random) -> bool:
    """A rule loses its last condition, and the step the premise for it: the exception is not looked at."""
    way = dice.choice([way for way in _ways(proof) if len(way["premises"]) > 1])
    way["rule"] = way["rule"].rsplit(", ", 1)[0].rstrip(".") + "."
    way["premises"].pop()
    return True


def comparison_changed(proof: Document, dice: random.Random) -> bool:
    compared = _nodes(proof, "comparison")
    if compared:
        said = dice.choice(compared)["statement"]
        said["op"] = dice.choice([op for op in ("<", ">", "=", "!=", "<=", ">=", "~") if op != said["op"]])
    return bool(compared)


def count_changed(proof: Document, dice: random.Random) -> bool:
    counts = _nodes(proof, "count")
    if counts:
        node = dice.choice(counts)
        if dice.random() < 0.4:
            node["members"].append([NOBODY])
        elif dice.random() < 0.7:
            node["members"] *= 2
        else:
            node["statement"]["text"] = node["statement"]["text"].replace("= 1", ">= 1")
    return bool(counts)


def member_added(proof: Document, dice: random.Random) -> bool:
    """One more is on record of what is counted: a second duty holder, a second team."""
    counts = _nodes(proof, "count")
    teams = [node for node in counts if "teamOf(X," in node["statement"]["text"]]
    for node in teams:
        inspection = node["statement"]["text"].split("teamOf(X,")[1].split(")")[0]
        entry = {"predicate": "teamOf", "arguments": ["另一组", inspection], "sources": []}
        proof["facts"]["recorded"].append(entry)
    return bool(teams) and sealed(proof)


def turned_in_a_circle(proof: Document, dice: random.Random) -> bool:
    number, node = dice.choice([(n, node) for n, node in proof["nodes"].items() if node.get("premises")])
    steps = [i for i, n in enumerate(node["premises"]) if proof["nodes"][str(n)]["kind"] == "step"]
    if not steps:
        return False
    below = proof["nodes"][str(node["premises"][dice.choice(steps)])]
    below["premises"][dice.randrange(len(below["premises"]))] = int(number)
    return True


def circle_alone(proof: Document, dice: random.Random) -> bool:
    """Two axioms that say the same the other way round prove each other, and nothing else does."""
    numbers = [str(len(proof["nodes"]) + 900 + i) for i in (0, 1)]
    pair = [("hasPart", "partOf"), ("partOf", "hasPart")]
    for (head, body), number, other in zip(pair, numbers, reversed(numbers), strict=True):
        proof["nodes"][number] = {
            "kind": "step",
            "statement": {"predicate": head, "arguments": ["x", "y"]},
            "rule": f"{head}(X,Y) :- {body}(Y,X).",
            "by": {"id": "owl:inverseOf"},
            "binding": {"X": "x", "Y": "y"},
            "premises": [int(other)],
        }
    return True


def fact_dropped(proof: Document, dice: random.Random) -> bool:
    used = [node["statement"] for node in _nodes(proof, "fact")]
    if not used:
        return False
    gone = dice.choice(used)
    recorded = proof["facts"]["recorded"]
    recorded[:] = [e for e in recorded if {k: e[k] for k in ("predicate", "arguments")} != gone]
    return sealed(proof)


def fact_changed(proof: Document, dice: random.Random) -> bool:
    """A fact is changed among the facts alone, with or without the hash."""
    used = [node["statement"] for node in _nodes(proof, "fact")]
    recorded = proof["facts"]["recorded"]
    entries = [e for e in recorded if {"predicate": e["predicate"], "arguments": e["arguments"]} in used]
    if not entries:
        return False
    entry = dice.choice(entries)
    entry["arguments"] = [_other(value) for value in entry["arguments"]]
    return dice.random() < 0.5 or sealed(proof)


def source_changed(proof: Document, dice: random.Random) -> bool:
    used = _nodes(proof, "fact")
    if used:
        dice.choice(used)["sources"] = [{"file": "另一册.xlsx", "row": 2}]
    return bool(used)


def derived_recorded(proof: Document, dice: random.Random) -> bool:
    """What only rules may conclude is slipped in as a fact, and the step becomes a leaf."""
    node = dice.choice([n for n in _nodes(proof, *_STEPS) if not n["by"]["id"].startswith("owl:")])
    statement = node["statement"]
    node.clear()
    node |= {"kind": "fact", "statement": statement, "sources": []}
    proof["facts"]["recorded"].append({**statement, "sources": []})
    return sealed(proof)


def kind_changed(proof: Document, dice: random.Random) -> bool:
    node = dice.choice(_nodes(proof, "fact", "parameter", "as_of", "calendar", "ontology"))
    node.pop("sources", None)
    node.pop("counting", None)
    node["kind"] = {"ontology": "parameter"}.get(node["kind"], "ontology")
    return True


def status_changed(proof: Document, dice: random.Random) -> bool:
    proof["nodes"][str(proof["root"])]["statement"]["predicate"] = "established"
    proof["conclusion"]["status"] = "established"
    return True


def conclusion_changed(proof: Document, dice: random.Random) -> bool:
    field = dice.choice(("id", "norm", "status", "subject"))
    proof["conclusion"][field] += "x"
    return True


def root_changed(proof: Document, dice: random.Random) -> bool:
    proof["root"] = int(dice.choice([n for n in proof["nodes"] if n != str(proof["root"])]))
    return True


def beside_changed(proof: Document, dice: random.Random) -> bool:
    if proof["beside"] and dice.random() < 0.7:
        del proof["beside"][dice.randrange(len(proof["beside"]))]
    else:
        proof["beside"].append(int(dice.choice(list(proof["nodes"]))))
    return True


def rules_changed(proof: Document, dice: random.Random) -> bool:
    proof["rule_version"] = "0" * 64
    return True


def record_changed(proof: Document, dice: random.Random) -> bool:
    proof["data_version"]["digest"] = "0" * 32
    return True


def parameter_dropped(proof: Document, dice: random.Random) -> bool:
    used = _nodes(proof, "parameter")
    proof["facts"]["parameters"] = [] if used else ["otherParameter"]
    return sealed(proof)


def word_added(proof: Document, dice: random.Random) -> bool:
    """What nothing checks is added for a reader to believe."""
    dice.choice([proof, proof["conclusion"], *_nodes(proof)])["sentence"] = {"zh": "已查实", "en": "found"}
    return True


TAMPERINGS: tuple[Tampering, ...] = (
    *(premise_changed, predicate_changed, date_changed, period_changed, counting_changed, day_changed),
    *(step_dropped, premise_dropped, premises_exchanged, binding_swapped, variable_dropped),
    *(article_changed, quote_changed, quote_moved, text_hash_changed, quote_dropped),
    *(owner_changed, rule_exchanged, condition_struck_out, comparison_changed, count_changed, member_added),
    *(turned_in_a_circle, circle_alone, fact_dropped, fact_changed, source_changed, derived_recorded),
    *(kind_changed, status_changed, conclusion_changed, root_changed, beside_changed),
    *(rules_changed, record_changed, parameter_dropped, word_added),
)
