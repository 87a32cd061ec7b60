"""Entries by form: read as rows of the template, their effect known beforehand, corrected without loss."""

from __future__ import annotations

import datetime
import json
import re
import shutil
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from tempfile import mkdtemp

import pytest
from ledger_tables import write_csv

from app.cli import main
from reasoner import pipeline
from reasoner.bundled import path as bundled
from reasoner.engine.survey import Survey
from reasoner.entries import recording
from reasoner.entries.entry import Draft, Entries, Values
from reasoner.entries.forms import Form, find, forms
from reasoner.ledger import load
from reasoner.ledger.layouts import layouts
from reasoner.records.history import history
from reasoner.records.record import Claim, Record, Source

DAY = datetime.date(2026, 11, 22)
CJK = re.compile("[\u4e00-\u9fff]")
REPORT = {
    "actClass": "progressReport",
    "by": ["eWater"],
    "to": ["市委", "市政府"],
    "about": ["i-s-routine-2024"],
    "on": "2025-01-10",
    "instrument": "示例水〔2025〕3号",
}
CRIME = {
    "findingKind": "suspectedCrime",
    "about": ["SL-101"],
    "by": ["sReview"],
    "on": "2025-06-01",
    "state": "upheld",
    "instrument": "示例认定书",
    "competence": "示例督〔2024〕1号",
}


@lru_cache(maxsize=1)
def samples() -> Path:
    """A record with the samples and the registry they rest on, without the thousand townships."""
    path = Path(mkdtemp(prefix="zelian-")) / pipeline.RECORD_FILE
    registry = [f for f in bundled("data", "registry").glob("*.csv") if f.stem != "sector_words"]
    files = [f for f in registry if f.stem != "townships"]
    files += [f for f in bundled("data", "samples").iterdir() if f.suffix in (".ttl", ".xlsx")]
    with Record.open(path) as record:
        load(sorted(files), record)
    return path


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Record]:
    target = tmp_path / pipeline.RECORD_FILE
    shutil.copyfile(samples(), target)
    with Record.open(target) as opened:
        yield opened


def entries(record: Record) -> Entries:
    return Entries(record, pipeline.ontology())


def form(kind: str) -> Form:
    found = find(kind, pipeline.ontology())
    assert found is not None
    return found[0]


def survey(record: Record) -> Survey:
    return Survey(record, pipeline.ontology(), DAY, None)


def statuses(record: Record) -> set[tuple[str, str, str, str]]:
    """Every conclusion as norm, matter, bearer and status."""
    return {(c.norm, c.subject, str(c.atom[1]), c.status) for c in survey(record).conclusions}


def content(claims: Iterator[Claim] | tuple[Claim, ...] | list[Claim]) -> set[tuple[object, ...]]:
    return {(c.predicate, c.subject, c.object, c.kind) for c in claims}


def save(record: Record, draft: Draft, why: str = "测试") -> recording.Saved:
    assert draft.faults == ()
    return recording.save(record, draft, "测试室", why)


# -- what can be recorded -------------------------------------------------------------------------


def test_every_column_of_the_template_is_a_field_but_those_where_names_of_persons_stand() -> None:
    made = {each.layout.name: each for each in forms(pipeline.ontology()).values()}
    left = []
    for table in (each for each in layouts() if each.layout == "zelian"):
        columns = {item.column for item in table.items}
        left += sorted(columns - {each.column for each in made[table.name].fields})
    assert left == ["责任人被处理情况"]


def test_every_form_and_field_and_word_has_its_english() -> None:
    for each in forms(pipeline.ontology()).values():
        words = [each.label["en"], each.purpose["en"]]
        words += [text for f in each.fields for text in (f.label["en"], f.explain["en"])]
        words += [o.label["en"] for f in each.fields for o in f.options]
        odd = [word for word in words if CJK.search(word)]
        assert odd == []


def test_a_form_is_found_by_kind_class_or_name() -> None:
    rules = pipeline.ontology()
    for name in ("finding", "认定", "Finding"):
        found = find(name, rules)
        assert found is not None
        assert found[0].kind == "finding"
    report = find("progressReport", rules)
    assert report is not None
    assert (report[0].kind, dict(report[1])) == ("act", {"actClass": "progressReport"})
    assert find("天气", rules) is None


# -- reading --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "values"), [("act", REPORT), ("finding", CRIME)])
def test_a_form_states_what_a_row_of_the_template_states(
    record: Record, tmp_path: Path, kind: str, values: Values
) -> None:
    which = form(kind)
    draft = entries(record).read(which, {**values, "number": "nr-1"})
    cells = []
    for one in which.fields:
        said = "nr-1" if one is which.number else values.get(one.key, "")
        if one.takes == "choice" and isinstance(said, str) and said:
            said = one.by_id[said].label["zh"]
        cells.append(said if isinstance(said, str) else "、".join(said))
    rows = [[one.column for one in which.fields], cells]
    report = load([write_csv(tmp_path / "台账.csv", rows)], record)
    assert report.exit_code == 0
    loaded = [s for s in record.statements() if s.source.file == "台账.csv"]
    stated = {(s.predicate, s.subject, s.object, s.kind) for s in loaded}
    assert content(draft.added) == stated


def test_every_entry_on_record_reads_back_as_it_stands(record: Record) -> None:
    known = entries(record)
    for id in known.candidates.classes:
        which = known.form_of(id)
        if which is not None:
            draft = known.read(which, known.values(which, id), id)
            assert not draft.added
            assert not draft.gone
            assert not draft.faults


@pytest.mark.parametrize(
    ("values", "column", "zh", "en"),
    [
        ({"by": "李四"}, "作出主体", "应为已登记的单位", "a unit on record"),
        ({"on": "2025-01"}, "行为日期", "日期未精确到日", "a date exact to the day"),
        ({"actClass": "进展报吿"}, "行为类别", "不是可用的词", "a word of the list"),
        ({"about": "没有这个"}, "关于", "应为已登记的事物或编号", "something on record or an id"),
        ({"actClass": ""}, "行为类别", "此列不能为空", "this column must not be empty"),
        ({"number": "SL-101"}, "行为编号", "编号已被其他事物使用", "already names something else"),
        ({"instrument": "=1+1"}, "文书", "公式", "formulas are not evaluated"),
    ],
)
def test_what_is_wrong_names_the_field_and_what_is_expected(
    record: Record, values: Values, column: str, zh: str, en: str
) -> None:
    draft = entries(record).read(form("act"), {**REPORT, **values})
    found = {p.column: p for p in draft.faults}
    assert list(found) == [column]
    assert zh in found[column].text("zh")
    assert en in found[column].text("en")
    assert not draft.usable
    with pytest.raises(ValueError, match=draft.id):
        recording.save(record, draft, "测试室", "测试")


def test_near_words_are_offered(record: Record) -> None:
    draft = entries(record).read(form("finding"), {**CRIME, "by": "市生态环境", "findingKind": "涉嫌犯"})
    near = {p.column: [name for _, name in p.candidates] for p in draft.faults}
    assert "市生态环境局" in near["认定主体"]
    assert "涉嫌犯罪" in near["认定种类"]


@pytest.mark.parametrize(
    ("issue", "first"),
    [("SL-105", "teamRoutine2024"), ("SL-401", "teamRoutine2026"), ("CQ-001", "leadingGroup")],
)
def test_those_who_may_decide_are_offered_and_nobody_who_is_inspected(
    record: Record, issue: str, first: str
) -> None:
    known = entries(record)
    finding, matters = form("finding"), known.candidates.matters([issue])
    decider = finding.field("by")
    assert decider is not None
    offered = known.candidates.likely(finding, decider, [*matters, issue], 20261122)
    assert offered[0] == first
    assert "leadingGroupOffice" in offered
    inspected = {str(s.object) for s in record.statements(predicate="inspects")}
    organs = {s.subject for p in ("partyCommitteeOf", "governmentOf") for s in record.statements(predicate=p)}
    assert not set(offered) & (inspected | organs)
    about = finding.field("concernsBody")
    assert about is not None
    assert known.candidates.likely(finding, about, [*matters, issue], 20261122) != offered


def test_a_thing_of_another_class_is_refused(record: Record) -> None:
    draft = entries(record).read(form("finding"), {**CRIME, "supersedes": "SL-101"})
    (fault,) = draft.faults
    assert (fault.column, fault.value) == ("取代的认定", "SL-101")
    assert "应为认定" in fault.zh


# -- effect and saving ----------------------------------------------------------------------------

DRAFTS = {
    "a report": ("act", REPORT),
    "a finding": ("finding", CRIME),
    "a transfer to a body that the issue did not name": (
        "transfer",
        {"by": "领导小组办公室", "to": "示例检察分院", "about": "SL-123", "on": "2025-06-01"},
    ),
    "a designation for all cases": (
        "designation",
        {"by": "市政府", "designates": "市生态环境局", "standing": "是", "on": "2025-01-01"},
    ),
    "a declaration": (
        "completenessDeclaration",
        {"coversRecords": "reportRecords", "forInspection": "i-s-routine-2024", "by": "sReview",
         "on": "2026-06-01"},
    ),
    "a parameter": (
        "parameter",
        {"parameterKind": "cadreAuthority", "appliesTo": "SL-115", "namesOrgan": "市纪委监委机关",
         "sourceDocument": "示例督〔2024〕1号"},
    ),
    "an issue": (
        "issue",
        {"summary": "示例新问题", "raisedIn": "i-s-routine-2024", "relatesTo": "青石县（示例）",
         "foundOn": "2024-03-10"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", DRAFTS)
def test_the_preview_is_what_follows_once_it_is_saved(record: Record, name: str) -> None:
    kind, values = DRAFTS[name]
    known, now = entries(record), survey(record)
    draft = known.read(form(kind), values)
    matters = known.matters(draft)
    everywhere = recording.everywhere(now, draft)
    expected = {(b and b.atom, a and a.atom) for b, a in everywhere}
    save(record, draft)
    then = survey(record)
    before, after = ({c.atom for c in each.conclusions} for each in (now, then))
    assert {b for b, _ in expected if b} == before - after
    assert {a for _, a in expected if a} == after - before
    for matter in matters:
        _, found = recording.compared(recording.case(now, draft, matter), draft)
        changes = recording.changes_about(found, matter)
        about = {c.atom for each in (now, then) for c in each.conclusions if _of(c, matter)}
        shown = {c.atom for each in changes for c in (each.before, each.after) if c is not None}
        assert (before ^ after) & about <= shown
    if not recording.reaches_far(now, draft, matters):
        assert {c.subject for pair in everywhere for c in pair if c} <= {*matters, draft.id}


def _of(one: object, matter: str) -> bool:
    return matter in getattr(one, "issues", ()) or matter == getattr(one, "subject", "")


def test_a_report_turns_overdue_into_performed_and_says_so_beforehand(record: Record) -> None:
    draft = entries(record).read(form("act"), REPORT)
    now = survey(record)
    _, found = recording.compared(recording.case(now, draft, "i-s-routine-2024"), draft)
    (change,) = recording.changes_about(found, "i-s-routine-2024")
    assert change.before is not None
    assert change.after is not None
    assert (change.before.status, change.after.status) == ("overdue", "performed")
    assert all(draft.id in atom[1] for atom in change.because)


def test_what_is_stored_names_who_when_and_the_field(record: Record) -> None:
    draft = entries(record).read(form("act"), REPORT)
    saved = recording.save(record, draft, "督察办综合处", "录入", note="来函")
    stored = list(record.statements(ids=saved.added))
    assert content(draft.added) == {(s.predicate, s.subject, s.object, s.kind) for s in stored}
    assert {(s.source.by, s.source.at, s.source.note, s.source.file) for s in stored} == {
        ("督察办综合处", saved.at, "来函", "")
    }
    assert {s.source.columns for s in stored if s.predicate == "on"} == {"行为日期"}
    assert record.transactions()[-1]["who"] == "督察办综合处"


def test_a_draft_read_before_somebody_else_saved_is_not_stored(record: Record) -> None:
    one, other = entries(record).read(form("act"), REPORT), entries(record).read(form("finding"), CRIME)
    save(record, one)
    with pytest.raises(recording.Outdated):
        recording.save(record, other, "测试室", "测试")
    assert not record.knows(other.id)


def test_numbers_are_readable_and_never_given_twice(record: Record) -> None:
    first = entries(record).read(form("act"), REPORT)
    assert re.fullmatch(r"xw-f\d{4}-1", first.id)
    save(record, first)
    save(record, entries(record).retraction(first.id), "重复录入")
    assert entries(record).read(form("act"), REPORT).id == first.id[:-1] + "2"


# -- corrections ----------------------------------------------------------------------------------


def test_retracting_restores_the_conclusions_and_the_history_keeps_both(record: Record) -> None:
    before = statuses(record)
    draft = entries(record).read(form("finding"), CRIME)
    save(record, draft, "录入")
    assert statuses(record) != before
    save(record, entries(record).retraction(draft.id), "文书撤销")
    assert statuses(record) == before
    retracted, added = history(record, draft.id)
    assert {s.predicate for s in added.added} >= {"finding", "findingKind", "about"}
    assert {s.id for s in retracted.retracted} <= {s.id for s in added.added}
    assert retracted.reasons == ("文书撤销",)
    assert not record.knows(draft.id)


def test_a_correction_changes_its_field_alone(record: Record) -> None:
    known = entries(record)
    which = form("finding")
    id = "m24-yunling-untruthful"
    draft = known.read(which, {**known.values(which, id), "on": "2025-06-19"}, id)
    assert content(draft.added) == {("on", id, 20250619, "date")}
    assert [(s.predicate, s.object, s.source.file) for s in draft.gone] == [
        ("on", 20250618, "routine-2024.ttl")
    ]
    untouched = {s.id for s in record.statements(subject=id)} - {s.id for s in draft.gone}
    save(record, draft, "日期录错")
    assert untouched < {s.id for s in record.statements(subject=id)}
    (step, *_) = history(record, id)
    assert [(old.object, new.object) for old, new in step.corrected] == [(20250618, 20250619)]


def test_an_unchanged_form_changes_nothing(record: Record) -> None:
    known = entries(record)
    which = form("finding")
    draft = known.read(which, known.values(which, "m24-ended"), "m24-ended")
    assert not draft.usable
    assert draft.faults == ()


def test_what_another_source_states_too_stays_in_force(record: Record) -> None:
    with record.transaction("测试", "另一来源") as change:
        change.add("relatesTo", "SL-108", "dYunling", "entity", Source("另一台账.csv", row=2, key="x"))
    (mine,) = (
        s for s in record.statements(subject="SL-108", predicate="relatesTo") if s.source.file.endswith("ttl")
    )
    draft = entries(record).retraction("SL-108", {mine.id})
    assert recording.everywhere(survey(record), draft) == []
    assert len(draft.gone) == 1


# -- command line ---------------------------------------------------------------------------------


def zelian(*arguments: str) -> int:
    return main(["record", *arguments, "--as-of", DAY.isoformat()])


@pytest.fixture
def home(record: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ZELIAN_HOME", str(tmp_path))
    return tmp_path


TEXT = [
    "进展报告",
    "作出主体=示例水务集团",
    "对象=市委、市政府",
    "关于=i-s-routine-2024",
    "行为日期=2025-01-10",
]


@pytest.mark.usefixtures("home")
def test_the_command_line_shows_the_effect_and_stores_only_when_asked(
    record: Record, capsys: pytest.CaptureFixture[str]
) -> None:
    version = record.version
    assert zelian(*TEXT, "--dry-run") == 0
    shown = capsys.readouterr().out
    assert "逾期" in shown
    assert "已履行" in shown
    assert "没有保存" in shown
    assert record.version == version
    assert zelian(*TEXT) == 2  # by whom?
    assert record.version == version
    assert zelian(*TEXT, "--by", "督察办", "--format", "json") == 0
    data = json.loads(capsys.readouterr().out)
    assert data["format"] == "zelian-record/1"
    assert data["saved"]["version"] == version + 1 == record.version
    assert {c["before"]["status"] for c in data["changes"]} == {"overdue"}
    assert zelian("--retract", data["id"], "--by", "督察办", "--reason", "重复") == 0
    assert not record.knows(data["id"])


@pytest.mark.usefixtures("home")
def test_the_command_line_says_what_is_expected(capsys: pytest.CaptureFixture[str]) -> None:
    assert zelian("进展报告", "作出主体=李四", "关于=i-s-routine-2024") == 1
    assert "应为已登记的单位" in capsys.readouterr().out
    assert zelian("认定", "颜色=红") == 2
    assert "认定种类" in capsys.readouterr().err
    assert zelian("天气", "a=b") == 2
    assert zelian("--retract", "没有") == 2
    assert zelian() == 0
    assert "finding" in capsys.readouterr().out
    assert zelian("认定", "--lang", "en") == 0
    assert "findingKind" in capsys.readouterr().out
