"""Questions asked of the bundled data with the sample cases."""

import datetime
from pathlib import Path

from reasoner.engine.survey import Survey
from reasoner.queries import questions, sparql

DAY = datetime.date(2026, 11, 23)
CATALOGUE = questions.catalogue().questions


class Asker:
    """Asks queries and ready questions of a survey."""

    def __init__(self, survey: Survey, folder: Path) -> None:
        self.survey = survey
        self.store = sparql.store(
            folder, survey.record, survey.rules, DAY.isoformat(), lambda: survey.conclusions
        )
        self.prefixes = sparql.prefixes(survey.rules)

    def query(self, text: str, **limits: float) -> sparql.Answer:
        """What a query answers."""
        return sparql.ask(self.store, text, self.prefixes, **limits)  # type: ignore[arg-type]

    def question(self, id: str, **values: str) -> list[dict[str, str]]:
        """The rows of a ready question as {variable: id, or last part of the IRI, or text}."""
        answer = self.query(questions.bound(CATALOGUE[id], values, self.survey.rules))
        assert answer.cut is None
        return [
            {
                name: cell.entity or cell.value.rsplit("/", 1)[-1]
                for name, cell in zip(answer.variables, row, strict=True)
                if cell is not None
            }
            for row in answer.rows
        ]
