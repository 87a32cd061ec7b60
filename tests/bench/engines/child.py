"""Runs one engine on one job, in a process of its own: ``python -m tests.bench.engines.child JOB.json``."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path

from reasoner.pipeline import ontology
from tests.bench.engines import ENGINES
from tests.bench.engines.task import RESULT, Job, Task
from tests.bench.parts import part
from tests.bench.translate import InexpressibleError


def main(place: Path) -> int:
    """Run the job of a file; its result lies beside it."""
    job = Job.read(place)
    engine = ENGINES[job.engine]
    task = Task(job, part(ontology(job.ontology, job.cache), job.part))
    result: dict[str, object] = {}
    try:
        importlib.import_module(f"tests.bench.engines.{engine.module}").run(task)
    except InexpressibleError as problem:
        result["cannot"] = f"cannot express {problem}"
    except MemoryError:
        result["cannot"] = "out of memory"
    result |= {"seconds": task.seconds, "processor": task.processor, "held": task.held, "notes": task.notes}
    result["handed"] = None if task.handed is None else sorted(task.handed)
    (job.home / RESULT).write_text(json.dumps(result), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
