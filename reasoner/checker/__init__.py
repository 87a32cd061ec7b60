"""An independent checker of proofs: it takes nothing from those that make them, and shares no code with them.

A proof file (``zelian-proof/1`` as ``zelian explain … --checkable`` writes it) is accepted only if every step
follows: the rule stands in the record that it names; its head and its body, with the variables bound as the
step says, are the conclusion and the premises of the step; what is absent does not follow from the enclosed
facts; counts, comparisons and periods are worked out again; quotes stand in the text at the place, with its
hash; no step rests on itself; and what stands beside the conclusion is all there. What is not checked may not
be in the file, so that nobody takes it for proven.

What is trusted, and must be: the ontology folder that the proof is held against (the file names its hash);
that the enclosed facts are those of the record, all of them (negation and counts are relative to them: one
left out can make an absence; compare the hash of the facts with one that was obtained elsewhere); what the
sources of the facts say; clingo's syntax as the README of the ontology describes it; and PyYAML, Oxigraph's
parser and networkx. What is absent is worked out by the evaluator in ``derive``, which is trusted to find all
that follows; it is naive on purpose. That all *ways* to a step are listed is not claimed.

A redacted proof (``zelian-redacted-proof/1``) shows commitments where conditions are withheld. The verdict
then names every condition taken on trust: accepted but for those. It does say its conclusion, the facts that
are not withheld, which rules were used, and which of their conditions rest on something withheld. It does not
say what the withheld facts are, how many there are, where they stand, or which remarks they would add; nor,
until its commitments are opened, that what is withheld is what the rules ask for.

language   the rule language        lawtext   rules, axioms and words of the ontology folder
derive     what follows from facts  document  the file
given      what a proof starts from steps     the check, step by step
withheld   redacted proofs          verdict   faults, and what was taken on trust
"""

from reasoner.checker.derive import TooMuchWorkError
from reasoner.checker.document import UnreadableError, read, read_openings
from reasoner.checker.lawtext import Law, LawError
from reasoner.checker.steps import check
from reasoner.checker.verdict import Fault, Trust, Verdict

__all__ = [
    "Fault",
    "Law",
    "LawError",
    "TooMuchWorkError",
    "Trust",
    "UnreadableError",
    "Verdict",
    "check",
    "read",
    "read_openings",
]
