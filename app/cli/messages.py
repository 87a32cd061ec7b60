"""What is said when something cannot be done: one line, Chinese first, then English."""

from __future__ import annotations

import errno
import re

_STEERING = re.compile("[\\x00-\\x08\\x0e-\\x1f\\x7f-\\x9f\\u202a-\\u202e\\u2066-\\u2069]")


class CommandError(Exception):
    """Something the user can put right. ``code`` is the exit code of the command."""

    def __init__(self, zh: str, en: str, code: int = 2) -> None:
        super().__init__(en)
        self.zh, self.en, self.code = zh, en, code


def error_line(zh: str, en: str) -> str:
    """Return one line that says a problem in both languages, and nothing that would steer a terminal."""
    zh, en = (" ".join(_STEERING.sub("\ufffd", text).split()) for text in (zh, en))
    return f"错误：{zh} ｜ error: {en}" if zh != en else f"错误 error: {en}"


def explain(error: Exception) -> tuple[str, str]:
    """Return a zh and an en line for a mishap that nobody foresaw, as far as its kind tells."""
    if (said := _of_database(error)) is not None:
        return said
    match error:
        case OSError(errno=number, filename=file) if number in (errno.ENOSPC, errno.EDQUOT):
            where = f"：{file}" if file else ""
            return (
                f"磁盘已满，没有写完{where}；请腾出空间后再做一次",
                f"the disk is full{where.replace('：', ': ')}: not written; free some space, do it again",
            )
        case OSError(errno=errno.EROFS, filename=str(name)) if name:
            return f"这里只能读，不能写：{name}", f"this can only be read, not written: {name}"
        case FileNotFoundError(filename=str(name)) if name:
            return f"没有这个文件：{name}", f"no such file: {name}"
        case PermissionError(filename=str(name)) if name:
            return f"没有权限读写：{name}", f"not allowed to read or write: {name}"
        case IsADirectoryError(filename=str(name)) if name:
            return f"这是文件夹，不是文件：{name}", f"this is a folder, not a file: {name}"
        case (FileExistsError() | NotADirectoryError()) as found if found.filename:
            return f"这不是文件夹：{found.filename}", f"this is not a folder: {found.filename}"
        case OSError(filename=str(name), strerror=str(reason)) if name:
            return f"无法读写 {name}：{reason}", f"cannot read or write {name}: {reason}"
        case UnicodeDecodeError():
            return "文件不是文本，或编码无法识别", "not a text file, or its encoding is unknown"
        case MemoryError():
            return "内存不足", "out of memory"
        case ModuleNotFoundError(name=str(name)):
            return f"没有安装 {name}：pip install {name}", f"{name} is not installed: pip install {name}"
        case _ if type(error).__module__.startswith("sqlalchemy"):
            reason = getattr(error, "orig", None) or str(error).partition("\n")[0]
            return f"记录无法打开或读写：{reason}", f"the record cannot be opened, read or written: {reason}"
        case _:
            text = str(error).strip() or type(error).__name__
            zh, _, en = text.partition(" / ")  # how the reasoner writes a message in both languages
            return zh, f"{en or zh} [{type(error).__name__}; ZELIAN_DEBUG=1 shows more]"


def _of_database(error: Exception) -> tuple[str, str] | None:
    """What the reasoner says of an error of a database; read only when the error is one."""
    module = type(error).__module__
    if module.startswith(("sqlalchemy", "sqlite3")):
        from reasoner.records.mishaps import told

        return told(error)
    if type(error).__name__ == "IOException" and "duckdb" in module:
        reason = str(error).partition("\n")[0]
        return (
            f"磁盘无法读写（可能已满），没有算完；可以用 --resume 继续（{reason}）",
            f"the disk cannot be read or written (is it full?); go on with --resume ({reason})",
        )
    return None


def from_error(error: Exception, code: int = 2) -> CommandError:
    """Return the problem that the reasoner describes as ``Chinese / English``."""
    zh, _, en = str(error).partition(" / ")
    return CommandError(zh, en or zh, code)
