"""Names in a run: what is on record there by its id, everything else by the bundled registry."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from reasoner.engine.evaluate import Ground
from reasoner.records.registry import Registry, bundled_registry


class RunRegistry(Registry):
    """Looks up in a run whether an id is known, and its classes. Its names are too many to index."""

    def __init__(
        self, knows: Callable[[str], bool], classes: Callable[[str], list[str]], cache: Path | None = None
    ) -> None:
        self._known, self._of, self._bundled = knows, classes, bundled_registry(cache)

    def knows(self, entity: str) -> bool:
        """Whether anything is stated about an entity."""
        return self._known(entity)

    def classes(self, entity: str) -> list[str]:
        """The classes that are stated of an entity, as predicates."""
        return self._of(entity)

    def find(self, text: str, day: int) -> str | None:
        """The entity with this id, or the one that a name of the bundled registry means on a day."""
        return text if self._known(text) else self._bundled.find(text, day)

    def near(self, text: str) -> list[str]:
        """Names of the bundled registry that a name may have been meant for."""
        return self._bundled.near(text)

    def around(self, ids: set[str]) -> tuple[list[Ground], dict[str, str]]:
        """Atoms of the bundled registry about the given entities, and names."""
        return self._bundled.around(ids)
