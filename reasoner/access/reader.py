"""For whom this thread opens records: every record that ``pipeline.record_of`` opens is the one they see.

Nobody in particular unless told: whoever sits at the machine on which the record lies sees all of it. An
office says ``nobody_in_particular(False)`` once: then to open a record without saying for whom is an error.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from reasoner.access.policy import Role

_READER: ContextVar[Role | None] = ContextVar("reader", default=None)
_open = True


class NoReaderError(PermissionError):
    """A record is opened where readers have roles, and none was told."""


@contextmanager
def reading_as(role: Role | None) -> Iterator[None]:
    """What is opened inside, in this thread, is opened for a role; for None as before anybody was told."""
    before = _READER.set(role)
    try:
        yield
    finally:
        _READER.reset(before)


def reader() -> Role | None:
    """The role for which records are opened now. Raises NoReaderError where there has to be one."""
    role = _READER.get()
    if role is None and not _open:
        raise NoReaderError("没有说明为谁打开记录 / a record is opened for nobody in particular")
    return role


def nobody_in_particular(allowed: bool) -> None:
    """Whether this process may open records without saying for whom (it may, unless told otherwise)."""
    global _open
    _open = allowed
