"""Who is in front of a page, as the gate tells it to the page: a header that only the gate can write."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from urllib.parse import quote, unquote

HEADER = "x-zelian-seat"


@dataclass(frozen=True)
class Seat:
    """A person in a role; ``until`` is when they have to sign in again (seconds since 1970), 0 for never."""

    user: str
    name: str
    role: str
    until: int = 0

    @property
    def signature(self) -> str:
        """How a change on record is signed: name and user."""
        return self.user if self.name == self.user else f"{self.name}（{self.user}）"

    def written(self) -> bytes:
        """As the value of the header."""
        return quote(json.dumps(asdict(self))).encode()

    @classmethod
    def read(cls, value: str) -> Seat:
        """From the value of the header. Raises ValueError or TypeError for any other text."""
        return cls(**json.loads(unquote(value)))
