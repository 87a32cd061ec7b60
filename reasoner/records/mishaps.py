"""What is the matter when a database refuses, in plain words: what happened, what is not lost, what to do."""

from __future__ import annotations

import sqlite3

import sqlalchemy as sa

Words = tuple[str, str]
"""Chinese, English."""
Refusal = sa.exc.DBAPIError
"""What is raised when a database refuses."""

_FULL = (
    "磁盘已满，这次没有写入；已入库的都在。请腾出空间后再做一次",
    "the disk is full: nothing was written, all that was on record still is; free some space, do it again",
)
_READ_ONLY = (
    "记录只能读，不能写，这次没有写入；请检查文件、文件夹或数据库的写权限",
    "the record can be read, not written: look at the permissions of the file, the folder or the database",
)
_LOCKED = (
    "另一程序一直占用着记录，等了一分钟，这次没有写入；请稍后再做一次",
    "another program kept the record locked for a minute: nothing was written; do it again later",
)
_DAMAGED = (
    "记录文件已损坏，没有改动它；请把文件移开，用 zelian restore 恢复最近的备份",
    "the record's file is damaged and was left as it is: move it away and zelian restore the last backup",
)
_DISK = (
    "读写磁盘出错，这次没有写入；请检查磁盘",
    "the disk cannot be read or written, nothing was written: look at the disk",
)
_NO_FILE = (
    "打不开记录文件；请检查文件夹是否存在、能否写入",
    "the record's file cannot be opened: look whether its folder is there and may be written to",
)
_NO_SERVER = (
    "连不上数据库服务器，或者连接中断；没有提交的没有写入，已入库的都在",
    "the database server does not answer, or broke off: only what was not committed is not there",
)
_DENIED = (
    "数据库不许这个用户登录或者读写；请检查 ZELIAN_DATABASE 和权限",
    "the database does not let this user in, or not write: look at ZELIAN_DATABASE and the permissions",
)

_SQLITE: dict[int, Words] = {
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_READONLY: _READ_ONLY,
    sqlite3.SQLITE_BUSY: _LOCKED,
    sqlite3.SQLITE_LOCKED: _LOCKED,
    sqlite3.SQLITE_PROTOCOL: _LOCKED,
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
    sqlite3.SQLITE_IOERR: _DISK,
    sqlite3.SQLITE_CANTOPEN: _NO_FILE,
    sqlite3.SQLITE_PERM: _READ_ONLY,
}
_STATES: tuple[tuple[str, Words], ...] = (  # by how the state of an SQL server begins
    ("53", _FULL),
    ("58", _DISK),
    ("25006", _READ_ONLY),
    ("55", _LOCKED),
    ("40", _LOCKED),
    ("XX", _DAMAGED),
    ("08", _NO_SERVER),
    ("57P", _NO_SERVER),
    ("28", _DENIED),
    ("3D", _DENIED),
    ("42501", _DENIED),
)


def told(error: BaseException) -> Words | None:
    """What to say of an error of SQLAlchemy or of a driver; None for one of another kind."""
    cause = getattr(error, "orig", None) or error
    if isinstance(cause, sqlite3.Error):
        code = getattr(cause, "sqlite_errorcode", None)
        return _with(_SQLITE.get(code & 0xFF) if code is not None else None, cause)
    if isinstance(error, sa.exc.DBAPIError):
        state = getattr(cause, "sqlstate", None) or ""
        found = next((words for begins, words in _STATES if state.startswith(begins)), None)
        if found is None and not state and isinstance(error, sa.exc.OperationalError):
            found = _NO_SERVER  # no server, no state
        return _with(found, cause)
    return None


def is_unwritable(error: BaseException) -> bool:
    """Whether a record can be read all the same: it is only for reading, locked, or its disk is full."""
    found = told(error)
    return found is not None and found[0].startswith((_READ_ONLY[0], _LOCKED[0], _FULL[0]))


def _with(words: Words | None, cause: BaseException) -> Words | None:
    if words is None:
        return None
    reason = str(cause).strip().partition("\n")[0]
    return f"{words[0]}（{reason}）", f"{words[1]} ({reason})"
