"""A proof of what the whole record shows, written for a role: what the role may not see is withheld in it.

A role's own conclusions follow from the record that it sees, and say nothing of the rest (``access.view``).
What follows only from the whole is not among them; that it follows would tell. Somebody who sees everything
may still tell a role one conclusion, with a proof: this one. It shows the facts as the role's own record has
them, with the sources that stand there, and commits to the rest; ``redaction`` says what it tells, which is
the conclusion and the rules that it was reached by.
"""

from __future__ import annotations

from reasoner.access.view import view_of
from reasoner.engine.evaluate import Ground
from reasoner.engine.redaction import UNHIDEABLE, Node, RedactionError, Redactor, Withheld
from reasoner.pipeline import World


class Release:
    """Proofs of the conclusions of the whole record for whoever sees only a part of it.

    ``seen``: the world of the record as the role sees it, of the same day and the same state of the record.
    Raises RedactionError when the record has changed between the two.
    """

    def __init__(self, whole: World, seen: World) -> None:
        self.whole, self.seen = whole, seen
        view = view_of(seen.record) if seen.record is not None else None
        if view is not None and view.made_of[0] != whole.data_version.get("version"):
            raise RedactionError("记录刚刚有变动，请重试 / the record has just changed: try again")
        self._own: list[Node] = seen.certifier.given["recorded"]
        self._shown = {_atom(entry): entry["sources"] for entry in self._own}
        self._values = {
            value for name in seen.model.relations for row in seen.model.rows(name) for value in row
        }
        known = whole.rules.vocabulary.predicates.values()
        # an entry of any kind may be marked as secret: which terms are withheld must not tell what is
        every = frozenset(each.name for each in known if not each.derived) - UNHIDEABLE
        self._redactor = Redactor(
            whole.rules.book.rules, Withheld(every, lambda atom: atom not in self._shown)
        )

    def proof(self, conclusion_id: str) -> tuple[Node, Node]:
        """The redacted proof and the openings of its commitments.

        Raises KeyError when the whole record has no such conclusion, RedactionError when the conclusion
        itself names what the role may not see.
        """
        atom, rules = self.whole.conclusion(conclusion_id).atom, self.whole.rules
        for value in (
            {*atom[1]} - self._values - rules.book.by_constant.keys() - rules.vocabulary.individuals.keys()
        ):
            raise RedactionError(
                f"结论本身写明了这个角色看不到的内容：{value} "
                f"/ the conclusion itself names what this role may not see: {value}"
            )
        return self._redactor.redact(self._as_seen(self.whole.certify(conclusion_id)))

    def _as_seen(self, proof: Node) -> Node:
        """The proof with the facts of the role as its own record has them, besides those it does not see."""
        hidden = [entry for entry in proof["facts"]["recorded"] if _atom(entry) not in self._shown]
        if unhideable := {entry["predicate"] for entry in hidden} & UNHIDEABLE:
            named = "、".join(sorted(unhideable))
            raise RedactionError(
                f"这个角色看不到期限怎样计算（{named}），不能为其写出证明 "
                f"/ this role does not see how periods are counted ({named}): no proof can be written for it"
            )
        nodes = {number: self._node_as_seen(node) for number, node in proof["nodes"].items()}
        return {**proof, "nodes": nodes, "facts": {**proof["facts"], "recorded": [*self._own, *hidden]}}

    def _node_as_seen(self, node: Node) -> Node:
        if node["kind"] != "fact" or (atom := _atom(node["statement"])) not in self._shown:
            return node
        return {**node, "sources": self._shown[atom]}


def _atom(entry: Node) -> Ground:
    return entry["predicate"], tuple(entry["arguments"])
