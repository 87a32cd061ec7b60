"""Which format the name of a file asks for."""

from __future__ import annotations

from pathlib import Path

from app.cli.messages import CommandError

_ENDINGS = {".parquet": "parquet", ".csv": "csv", ".nt": "rdf", ".ttl": "rdf"}


def form_of(file: Path) -> str:
    """Return ``parquet``, ``csv`` or ``rdf``. Raises CommandError for any other ending."""
    ending = file.suffix.lower()
    form = _ENDINGS.get(Path(file.stem).suffix.lower() if ending == ".gz" else ending)
    if ending == ".gz" and form != "rdf":
        form = None
    if form is None:
        endings = " ".join(_ENDINGS)
        raise CommandError(
            f"从文件名看不出格式：{file}（{endings}），请写 --format",
            f"the name {file} does not tell the format ({endings}): say --format",
        )
    return form
