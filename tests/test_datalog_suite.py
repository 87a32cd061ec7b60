"""The core cases of the datalog-conformance suite: inside the rule language they pass on both evaluators.

What was run and what is left out, and why, stands in ``datalog_suite.yaml``.
"""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml
from datalog_suite import Compiled, InProcess, OutsideError, facts_of, rules_of

HERE = Path(__file__).parent
LARGE = 500_000
"""Bytes of a file of cases; a larger one has more than 50,000 facts."""
EVERY = os.environ.get("ZELIAN_EVERY_SUITE_CASE") == "1"
"""Whether the large files are run as well: some eight minutes of one core."""
SAME_ERROR = {"safety_violations": "unbound_variable", "SafetyViolationError": "unbound_variable"}


@pytest.fixture(scope="module")
def suite(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, Any]]:
    """The cases with the files they stand in, read by the plugin of the suite, with the faster parser."""
    from datalog_conformance import plugin

    def read(text: str) -> Any:
        return yaml.load(text, yaml.CSafeLoader)

    folder, found = tmp_path_factory.mktemp("suite"), Path(plugin.get_tests_dir())
    for file in sorted(found.rglob("*.yaml")):
        if "defeasible" not in file.parts and (EVERY or file.stat().st_size < LARGE):
            (folder / file.name).symlink_to(file)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plugin.yaml, "safe_load", read)
        return [(file.stem, case) for file, case in plugin.discover_yaml_tests(folder)]


def outside(case: Any) -> str:
    """Why a case is outside the rule language; "" when it is inside."""
    try:
        facts_of(case.program)
        rules_of(case.program.rules, case.source, case.expect or ())
    except OutsideError as error:
        return str(error)
    return ""


def test_the_core_cases_inside_the_language_pass_on_both_evaluators(
    suite: list[tuple[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    from datalog_conformance.runner import YamlTestRunner

    passed, excluded = Counter[str](), dict[str, str]()
    for file, case in suite:
        if why := outside(case):
            excluded[f"{file}/{case.name}"] = why
            continue
        case.expect_error = SAME_ERROR.get(case.expect_error, case.expect_error)
        for evaluator in (InProcess(), Compiled()):
            evaluator.source, evaluator.wanted = case.source, frozenset(case.expect or ())
            YamlTestRunner(evaluator).run_test_case(case)
            passed[type(evaluator).__name__] += 1
    found = {"cases": len(suite), "passed": dict(passed), "excluded": excluded}
    with capsys.disabled():
        print(f"\ndatalog-conformance: {len(suite)} cases, passed {dict(passed)}, excluded {len(excluded)}")
    known = yaml.safe_load((HERE / "datalog_suite.yaml").read_text("utf-8"))
    large = known.pop("large")
    if EVERY:
        known["cases"] += large
        known["passed"] = {evaluator: number + large for evaluator, number in known["passed"].items()}
    assert found == known, yaml.safe_dump(found, allow_unicode=True)
