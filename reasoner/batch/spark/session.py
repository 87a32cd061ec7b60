"""A Spark session, and folders wherever the session's file systems reach."""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from reasoner.batch.sources import FactsError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_CONF = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
    # every small table that is sent around takes a page; the default of 64 MB fills the memory with nothing
    "spark.buffer.pageSize": "1m",
    "spark.sql.broadcastTimeout": "36000",
    "spark.sql.caseSensitive": "true",
    "spark.sql.constraintPropagation.enabled": "false",
    "spark.sql.sources.parallelPartitionDiscovery.threshold": "2000",
}
_LOCAL = {
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.memory": "4g",
}
SMALL = 3_000_000
"""Statements below which planning takes longer than working: about those of 200,000 issues."""
# A question is the union of some hundred joins: to plan all of it again after each of its stages, as adaptive
# execution does, grows with the square of their number; to compile a part takes longer than to interpret it.
_PLANNED_ONCE = {
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
}
_ONE_PART = {"spark.sql.shuffle.partitions": "1", "spark.sql.leafNodeDefaultParallelism": "1"}


class SparkError(FactsError):
    """Spark cannot be started, or a folder of it cannot be used. Reads ``Chinese / English``."""


def session(master: str | None = None, conf: Mapping[str, str] | None = None) -> SparkSession:
    """The session of this process, or a new one at ``master`` (default: what Spark is configured with).

    ``conf``: further settings of Spark by name. Raises SparkError when Spark cannot be started.
    """
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    local = master is not None and master.startswith("local")
    if local:
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    builder = SparkSession.builder.appName("zelian")
    if master:
        builder = builder.master(master)
    for key, value in {**_CONF, **(_LOCAL if local else {}), **(conf or {})}.items():
        builder = builder.config(key, value)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # pandas, of which nothing is used here
            made: SparkSession = builder.getOrCreate()
    except (PySparkException, OSError, RuntimeError) as error:  # no Java; no such master; refused
        reason = str(error).partition("\n")[0]
        raise SparkError(f"Spark 无法启动：{reason} / Spark cannot be started: {reason}") from error
    return made


def tune(spark: SparkSession, statements: int) -> bool:
    """Set what depends on the number of statements; whether they are so few that planning is what takes time.

    What is set on purpose (``--spark-conf``, the cluster's configuration) stays for large runs.
    """
    small = statements < SMALL
    wanted = dict(_PLANNED_ONCE)
    if small:
        wanted |= _ONE_PART
    elif str(spark.sparkContext.master).startswith("local"):  # as many as there are cores; otherwise 200
        wanted["spark.sql.shuffle.partitions"] = str(spark.sparkContext.defaultParallelism)
    chosen = spark.sparkContext.getConf()
    for key, value in wanted.items():
        if small or not chosen.contains(key):
            spark.conf.set(key, value)
    return small


class Folder:
    """A folder by its path or address."""

    def __init__(self, spark: SparkSession, path: str) -> None:
        context: Any = spark.sparkContext
        self._path = context._jvm.org.apache.hadoop.fs.Path(path)
        self._system = self._path.getFileSystem(context._jsc.hadoopConfiguration())
        self.path = str(self._system.makeQualified(self._path).toString())

    def exists(self) -> bool:
        """Whether there is such a folder."""
        return bool(self._system.exists(self._path))

    def delete(self) -> None:
        """Remove it with all that is in it; nothing happens when it is not there."""
        self._system.delete(self._path, True)
