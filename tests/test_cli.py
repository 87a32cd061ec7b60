"""The command line: what it prints, how it complains, and with which code it ends."""

import contextlib
import csv
import datetime
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import rdflib

from app.cli import main, messages, tables
from app.cli.arguments import date, parser
from app.cli.commands import load
from reasoner.pipeline import RECORD_FILE
from reasoner.records.record import Claim, Record, Source

COMMANDS = (
    "load",
    "reason",
    "conclusions",
    "explain",
    "why-not",
    "what-if",
    "case",
    "law",
    "check",
    "explore",
)
ROOT = Path(__file__).resolve().parents[1]


def run(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, str, str]:
    """Run one command in this process; return its exit code and what it wrote to stdout and stderr."""
    code = main(argv)
    out, err = capsys.readouterr()
    return code, out, err


@pytest.fixture
def loaded(bundled_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read the bundled record instead of an empty one."""
    monkeypatch.setenv("ZELIAN_HOME", str(bundled_home))


# -- help and usage ---------------------------------------------------------------------------------


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "--help")
    assert code == 0
    assert all(f"\n    {command}" in out for command in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, command, "--help")
    assert code == 0
    assert f"  zelian {command}" in out.split("example:")[1]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_there(command: str) -> None:
    assert (ROOT / "app" / "cli" / "commands" / f"{command.replace('-', '_')}.py").exists()


def test_help_comes_at_once() -> None:
    code = "import sys; from app.cli import main; main(['--help']); print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True, text=True, encoding="utf-8"
    )
    heavy = {"duckdb", "streamlit", "rdflib", "clingo", "sqlalchemy", "pyarrow", "rich", "yaml"}
    assert not heavy & set(done.stdout.splitlines()[-1].split())


@pytest.mark.parametrize(
    "argv",
    [
        (),
        ("nonsense",),
        ("conclusions", "--format", "pdf"),
        ("conclusions", "--as-of", "2026-02-30"),
        ("conclusions", "--as-of", "9999-12-31"),
        ("explore", "--port", "0"),
        ("explore", "--port", "x"),
        ("explain",),
        ("case",),
        ("load", "--nonsense"),
    ],
)
def test_a_usage_error_is_one_line_and_code_2(
    argv: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = run(capsys, *argv)
    assert (code, out) == (2, "")
    assert err.startswith("错误：")
    assert "error:" in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("text", ["2026-11-22", "20261122", "2026年11月22日", "2026/11/22", "2026.11.22"])
def test_dates_are_read_as_people_write_them(text: str) -> None:
    assert date(text) == datetime.date(2026, 11, 22)


def test_the_language_of_the_output_can_be_set_once(monkeypatch: pytest.MonkeyPatch) -> None:
    assert parser().parse_args(["reason"]).lang == "zh"
    monkeypatch.setenv("ZELIAN_LANG", "en_GB")
    assert parser().parse_args(["reason"]).lang == "en"
    assert parser().parse_args(["reason", "--lang", "zh"]).lang == "zh"


# -- mishaps ----------------------------------------------------------------------------------------


def test_an_unforeseen_mishap_is_one_line_and_no_traceback(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("坏了 / broken\nin two lines")

    monkeypatch.setattr("app.cli.commands.law.run", fail)
    code, out, err = run(capsys, "law", "39")
    assert (code, out) == (2, "")
    assert err.startswith("错误：坏了 ｜ error: broken in two lines [RuntimeError;")
    assert err.count("\n") == 1
    monkeypatch.setenv("ZELIAN_DEBUG", "1")
    assert "Traceback" in run(capsys, "law", "39")[2]


@pytest.mark.parametrize(
    ("error", "zh"),
    [
        (FileNotFoundError(2, "no", "x.xlsx"), "没有这个文件：x.xlsx"),
        (PermissionError(13, "no", "x.xlsx"), "没有权限读写：x.xlsx"),
        (IsADirectoryError(21, "no", "x"), "这是文件夹，不是文件：x"),
        (FileExistsError(17, "no", "x"), "这不是文件夹：x"),
        (ModuleNotFoundError("no", name="psycopg"), "没有安装 psycopg：pip install psycopg"),
        (OSError(28, "No space left on device", "x"), "磁盘已满，没有写完：x；请腾出空间后再做一次"),
        (OSError(5, "Input/output error", "x"), "无法读写 x：Input/output error"),
    ],
)
def test_what_the_system_refuses_is_said_in_words(error: Exception, zh: str) -> None:
    assert messages.explain(error)[0] == zh


@pytest.mark.skipif(os.name == "nt", reason="a shell that closes pipes early")
def test_a_reader_that_stops_early_is_no_error(bundled_home: Path) -> None:
    code = "import sys; from app.cli import main; sys.exit(main())"
    piped = f'{sys.executable} -c "{code}" conclusions --format jsonl; echo "code $?" >&2'
    done = subprocess.run(
        ["bash", "-c", f"({piped}) | head -c 10"],
        cwd=ROOT,
        env={**os.environ, "ZELIAN_HOME": str(bundled_home)},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert len(done.stdout) == 10
    assert done.stderr == "code 0\n"


def test_output_is_utf_8_whatever_the_console_says(bundled_home: Path) -> None:
    code = "import sys; from app.cli import main; sys.exit(main(['law', '39.4']))"
    env = {**os.environ, "ZELIAN_HOME": str(bundled_home), "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True)
    assert done.returncode == 0
    assert "第三十九条第四款" in done.stdout.decode("utf-8")


def test_a_file_that_is_no_record_is_not_taken_for_one(
    own_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own_home.mkdir()
    (own_home / "record.sqlite").write_text("not a database " * 99, "utf-8")
    code, out, err = run(capsys, "reason")
    assert (code, out) == (2, "")
    assert err.startswith("错误：记录文件已损坏，没有改动它；请把文件移开，用 zelian restore 恢复最近的备份")
    assert err.count("\n") == 1


# -- load -------------------------------------------------------------------------------------------


def test_load_without_a_file_loads_the_bundled_data(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, _ = run(capsys, "load")
    assert code == 0
    assert "CQ-001" in run(capsys, "conclusions", "--issue", "CQ-001", "--format", "jsonl")[1]
    assert "没有变化" in run(capsys, "load")[1]
    assert "nothing changed" in run(capsys, "load", "--lang", "en")[1]


def test_a_ledger_loaded_into_an_empty_record_finds_its_districts(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    ledger = tmp_path / "台账.csv"
    head = (
        "序号,受理编号,交办问题基本情况,行政区域,问题类型,调查核实情况,"
        "是否属实,办结目标,处理和整改情况,是否办结,责任人被处理情况"
    )
    ledger.write_text(
        f"{head}\n1,X3CQ202405200099,某厂夜间排放废气,云阳县,大气,已核实,属实,,,,\n", encoding="utf-8-sig"
    )
    code, out, _ = run(capsys, "load", str(ledger))
    assert code == 0, out
    assert "名录" in out
    listed = run(capsys, "conclusions", "--norm", "a34.p1.s2", "--format", "jsonl")[1]
    assert "云阳县委" in listed


def test_the_report_is_written_although_nobody_reads_the_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object) -> None:
        raise BrokenPipeError

    monkeypatch.setattr(load, "show", gone)
    with contextlib.suppress(BrokenPipeError, SystemExit):
        main(["load", "--report", str(tmp_path / "report.jsonl")])
    assert (tmp_path / "report.jsonl").stat().st_size > 0


def test_a_file_that_is_not_there_or_of_no_known_kind_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    strange = tmp_path / "ledger.pdf"
    strange.write_bytes(b"%PDF-1.7")
    for file in (tmp_path / "没有.csv", strange, tmp_path):
        code, out, err = run(capsys, "load", str(file))
        assert (code, out) == (2, ""), file
        assert err.startswith("错误：")
        assert err.count("\n") == 1


def test_the_report_on_an_unusable_file_is_written_and_says_why(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "坏.csv").write_bytes(b"")
    code, _, _ = run(capsys, "load", str(tmp_path / "坏.csv"), "--report", str(tmp_path / "r.jsonl"))
    assert code == 2
    assert "空" in json.loads((tmp_path / "r.jsonl").read_text("utf-8"))["zh"]


def test_a_report_is_xlsx_or_jsonl(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(capsys, "load", "--report", str(tmp_path / "report.doc"))
    assert code == 2
    assert ".jsonl" in err
    report = tmp_path / "report.jsonl"
    assert run(capsys, "load", "--report", str(report))[0] == 0
    assert all(json.loads(line) for line in report.read_text("utf-8").splitlines())


def test_the_record_lies_where_it_is_told_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "目录 #1 %20 &x"
    monkeypatch.setenv("ZELIAN_HOME", str(home if os.name == "nt" else home / "a?b=c"))
    assert run(capsys, "load")[0] == 0
    assert [path.name for path in tmp_path.iterdir()] == [home.name]
    assert json.loads(run(capsys, "conclusions", "--format", "jsonl")[1].splitlines()[0])


def test_an_empty_record_is_filled_and_an_outdated_one_brought_up_to_date(own_home: Path) -> None:
    row = Source("issues_public.csv", row=2, key="public-issues/issues/CQ-001")
    older = [Claim("issue", "CQ-001"), Claim("name", "CQ-001", "旧", "text")]

    def name() -> list[object]:
        return [s.object for s in record.statements("CQ-001", "name")]

    load.ensure_bundled()
    with Record.open(own_home / RECORD_FILE) as record:
        load.ensure_bundled()
        assert [t["who"] for t in record.transactions()] == [load.BUNDLED]
        assert (row.sheet, row.key) in {(s.source.sheet, s.source.key) for s in record.statements("CQ-001")}

        with record.transaction("zelian load", "corrected by the user", {row.file: "another"}) as change:
            change.put_row(row, older)
        load.ensure_bundled()
        assert (record.version, name()) == (2, ["旧"])

        with record.transaction(load.BUNDLED, "as an older program would", {row.file: "older"}) as change:
            change.put_row(row, older[:1])
        load.ensure_bundled()
        assert record.version == 4
        assert "旧" not in name()
        load.ensure_bundled()
        assert record.version == 4


# -- reason and conclusions -------------------------------------------------------------------------


def test_an_empty_record_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(capsys, "reason")
    assert code == 0
    assert "zelian load" in err


@pytest.mark.usefixtures("loaded")
def test_reason_counts_every_conclusion_once(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "reason", "--as-of", "2026-11-22", "--lang", "en")
    assert code == 0
    first, _, *rest, _, receipt = out.splitlines()
    assert receipt.startswith("receipt 1 · ")
    counted = sum(int(line.split()[-1]) for line in rest[2:])
    assert first == f"as of 2026-11-22: 68 issues, {counted} conclusions"
    lines = run(capsys, "conclusions", "--as-of", "2026-11-22", "--format", "jsonl")[1].splitlines()
    assert len(lines) == counted


@pytest.mark.usefixtures("loaded")
def test_a_json_line_has_everything_a_program_needs(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(
        capsys, "conclusions", "--issue", "CQ-001", "--as-of", "2026-11-22", "--format", "jsonl"
    )
    assert (code, err) == (0, "")
    assert out
    for line in out.splitlines():
        said = json.loads(line)
        assert {"id", "norm", "status", "reason", "issue", "subject", "bearers"} <= said.keys()
        assert said["statement"].keys() == {"predicate", "arguments"}
        assert {"article", "paragraph", "item", "quote"} <= said["citation"].keys()
        assert said["as_of"] == "2026-11-22"
        assert said["sentence"]["zh"]
        assert said["sentence"]["en"]
        assert "CQ-001" in said["issues"]


@pytest.mark.usefixtures("loaded")
def test_a_norm_may_be_written_as_for_zelian_law(capsys: pytest.CaptureFixture[str]) -> None:
    for short, long in (("39.4", "a39.p4"), ("39", "a39"), ("第三十四条", "a34"), ("50.1.5", "a50.p1.i5")):
        code, out, err = run(capsys, "conclusions", "--norm", short, "--format", "jsonl")
        assert (code, err) == (0, ""), short
        assert out == run(capsys, "conclusions", "--norm", long, "--format", "jsonl")[1]
    code, _, err = run(capsys, "conclusions", "--norm", "39.99")
    assert code == 2
    assert "39.99" in err


@pytest.mark.parametrize("day", ["9999-12-31", "0012-01-01"])
def test_a_day_out_of_range_is_refused_as_such(capsys: pytest.CaptureFixture[str], day: str) -> None:
    code, out, err = run(capsys, "reason", "--as-of", day)
    assert (code, out) == (2, "")
    assert "1900" in err
    assert "2199" in err


@pytest.mark.usefixtures("loaded")
def test_conclusions_are_narrowed_by_norm_and_status(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, "conclusions", "--norm", "a34", "--format", "jsonl")
    found = [json.loads(line) for line in out.splitlines()]
    assert found
    assert {said["citation"]["article"] for said in found} == {34}
    status, label = found[0]["status"], found[0]["status_label"]["zh"]
    by_id = run(capsys, "conclusions", "--status", status, "--format", "jsonl")[1]
    assert {json.loads(line)["status"] for line in by_id.splitlines()} == {status}
    assert run(capsys, "conclusions", "--status", label, "--format", "jsonl")[1] == by_id


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize(
    "argv", [("--issue", "CQ-9999"), ("--norm", "a99"), ("--norm", "a3"), ("--status", "guilty")]
)
def test_what_nothing_is_called_is_refused_not_answered_with_nothing(
    argv: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = run(capsys, "conclusions", *argv)
    if argv == ("--norm", "a3"):  # article 3 exists, though it concludes nothing
        assert code == 0
    else:
        assert (code, out) == (2, "")
        assert argv[1] in err


@pytest.mark.usefixtures("loaded")
def test_csv_opens_in_a_spreadsheet(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "结论.csv"
    argv = ("conclusions", "--issue", "CQ-001", "--format", "csv")
    assert run(capsys, *argv, "--output", str(file))[0] == 0
    raw = file.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    printed = run(capsys, *argv)[1]
    assert not printed.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"))))
    assert rows == list(csv.reader(io.StringIO(printed)))
    assert {len(row) for row in rows} == {len(rows[0])}


@pytest.mark.usefixtures("loaded")
def test_turtle_holds_every_conclusion(capsys: pytest.CaptureFixture[str]) -> None:
    argv = ("conclusions", "--issue", "CQ-001", "--format")
    graph = rdflib.Graph().parse(data=run(capsys, *argv, "ttl")[1], format="turtle")
    zl = rdflib.Namespace("https://w3id.org/zelian/ns#")
    ids = {json.loads(line)["id"] for line in run(capsys, *argv, "jsonl")[1].splitlines()}
    assert {str(node).rsplit("/", 1)[-1] for node in graph.subjects(rdflib.RDF.type, zl.Conclusion)} == ids


@pytest.mark.parametrize("text", ["=1+1", "+86", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_no_exported_cell_starts_a_formula(text: str) -> None:
    (row,) = csv.reader(io.StringIO(tables.as_csv(("a",), [(text,)])).readlines()[1:2])
    assert not row[0].startswith(("=", "+", "-", "@", "\t", "\r"))
    assert row[0].startswith("'")


def test_chinese_and_latin_columns_are_aligned() -> None:
    drawn = tables.table(("甲", "b"), [("重庆市", "x"), ("ab", "y")]).splitlines()
    assert [tables.width(line[: line.index(sign)]) for line, sign in zip(drawn[2:], "xy", strict=True)] == [
        8,
        8,
    ]


def test_a_table_fits_the_terminal_and_loses_no_word() -> None:
    text = "督察问题（CQ-001）：云阳县政府需研判 and some English words"
    drawn = tables.table(("id", "s"), [("c-1", text)], 40).splitlines()
    assert all(tables.width(line) <= 40 for line in drawn)
    assert "".join("".join(line.split()) for line in drawn[2:]) == "c-1" + "".join(text.split())


# -- explain ----------------------------------------------------------------------------------------


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_proof_ends_in_the_text_and_the_row(lang: str, capsys: pytest.CaptureFixture[str]) -> None:
    found = run(capsys, "conclusions", "--issue", "CQ-001", "--norm", "a34", "--format", "jsonl")[1]
    conclusion = json.loads(found.splitlines()[0])
    code, out, _ = run(capsys, "explain", conclusion["id"], "--lang", lang)
    assert code == 0
    assert conclusion["citation"]["quote"] in out
    assert conclusion["sentence"][lang] in out
    assert {"zh": "issues_public.csv · 行 2", "en": "issues_public.csv · row 2"}[lang] in out


@pytest.mark.usefixtures("loaded")
def test_a_proof_as_json_names_its_version(capsys: pytest.CaptureFixture[str]) -> None:
    found = run(capsys, "conclusions", "--issue", "CQ-001", "--format", "jsonl")[1]
    for line in found.splitlines()[:2]:
        code, out, _ = run(capsys, "explain", json.loads(line)["id"], "--format", "json")
        assert code == 0
        assert json.loads(out)["format"] == "zelian-proof/1"


@pytest.mark.usefixtures("loaded")
def test_an_unknown_conclusion_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "explain", "c-0000000000")
    assert (code, out) == (2, "")
    assert "c-0000000000" in err


# -- case, law, check -------------------------------------------------------------------------------


def test_a_case_that_fails_says_so_and_ends_with_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "案例" / "cases.yaml"
    file.parent.mkdir()
    file.write_text(
        "- name: 空无一物\n  as_of: 2024-12-01\n  given: []\n  expect: [{norm: a36.p3.s2, status: overdue}]\n"
        "- name: 空无一物不逾期\n  as_of: 2024-12-01\n  given: []\n  refuse: [{status: overdue}]\n",
        "utf-8",
    )
    code, out, _ = run(capsys, "case", str(file))
    assert code == 1
    assert "✗ 空无一物（案例/cases.yaml）" in out
    assert "案例通过 1 个，不通过 1 个" in out
    assert "1 cases hold, 1 fail" in run(capsys, "case", str(file), "--lang", "en")[1]


@pytest.mark.parametrize("text", ["", "- 1", "{", "- {name: x}", "\x00", "- {name: x, as_of: 2024-12-01}"])
def test_a_case_file_of_another_form_is_refused_in_one_line(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "cases.yaml"
    file.write_text(text, "utf-8")
    code, _, err = run(capsys, "case", str(file))
    assert code == 2
    assert err.startswith("错误")
    assert err.count("\n") == 1


def test_the_law_is_shown_with_its_norms(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "law", "39.4")
    assert code == 0
    assert "督察发现需要开展生态环境损害赔偿工作的，移送区县政府依照有关规定索赔追偿" in out
    assert "\na39.p4.s2  " in out
    assert "a39.p3" not in out
    assert "Art. 50 item (5)" in run(capsys, "law", "50.1.5", "--lang", "en")[1]


@pytest.mark.parametrize("place", ["56", "39.9", "50.1.99", "abc", ""])
def test_a_place_that_the_law_does_not_have_is_refused(
    place: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = run(capsys, "law", place)
    assert (code, out) == (2, "")
    assert err.count("\n") == 1


@pytest.mark.usefixtures("loaded")
def test_every_check_holds(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "check")
    assert code == 0, out
    assert "HermiT" in out
    assert "✗" not in out


# -- explore ----------------------------------------------------------------------------------------


def test_a_port_in_use_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        code, out, err = run(capsys, "explore", "--no-browser", "--port", str(port))
    assert (code, out) == (2, "")
    assert str(port) in err
