"""Access in the explorer: who gets in, what a role sees and may do, and that it stands in the log."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import httpx2
import pytest
from everything_read import WIDE, timeless
from office import AT, Office, Session, known, opened, seat
from office import SECRET as KNOWN
from starlette.websockets import WebSocketDisconnect
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Common_pb2 import FileUploaderState, UploadedFileInfo
from streamlit.proto.WidgetStates_pb2 import WidgetState
from two_homes import INSPECTION, PAIRS, SECRET, built

from app.access import settings
from app.access.seat import Seat
from app.cli import main
from app.cli.commands import load
from app.explorer import allowed, serve, store, uploads
from reasoner.audit.log import AuditLog, Wanted
from reasoner.queries.questions import catalogue
from reasoner.receipts.chain import Chain
from reasoner.records.record import Record


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Folders whose records differ only in what is secret, see ``two_homes``."""
    return built(tmp_path_factory.mktemp("homes"))


@pytest.fixture(scope="module")
def office(homes: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """An office with a proxy, and a record of its own."""
    with opened(
        Path(shutil.copytree(homes[0], tmp_path_factory.mktemp("office"), dirs_exist_ok=True))
    ) as made:
        yield made


@pytest.fixture(autouse=True)
def own_home(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Serve the office's record in each test, whatever folder the test would have of its own."""
    monkeypatch.setenv("ZELIAN_HOME", str(office.home))
    for name in ("ZELIAN_DATABASE", "ZELIAN_LANG"):
        monkeypatch.delenv(name, raising=False)


# -- who gets in ----------------------------------------------------------------------------------

STRANGERS = {
    "nobody": {},
    "another secret": seat("recorder", secret="something-else-altogether"),
    "the secret twice": {**seat("recorder"), "x-zelian-secret": KNOWN},
    "a seat of one's own making": {"X-ZeLian-Seat": '{"user":"x","name":"x","role":"leadership"}'},
    "no user": {"X-ZeLian-Secret": KNOWN, "X-Forwarded-Groups": "g-recorder"},
    "no group of ours": {"X-ZeLian-Secret": KNOWN, "X-Forwarded-User": "x", "X-Forwarded-Groups": "other"},
}


@pytest.mark.parametrize("headers", STRANGERS.values(), ids=STRANGERS)
def test_a_stranger_gets_no_page_no_file_and_no_websocket(office: Office, headers: dict[str, str]) -> None:
    sent = httpx2.Headers(list(headers.items()))
    for path in ("/", "/issue?id=SL-105", "/media/x.png", "/static/js/x.js", "/_stcore/host-config"):
        answer = office.client.get(path, headers=sent)
        assert answer.status_code in (401, 403)
        assert "SL-105" not in answer.text
    put = office.client.put("/_stcore/upload_file/a/b", headers=sent, files={"file": b"x"})
    assert put.status_code in (401, 403)
    with (
        pytest.raises(WebSocketDisconnect),
        office.client.websocket_connect("/_stcore/stream", headers=sent, subprotocols=["streamlit"]),
    ):
        pass


def test_who_watches_over_the_server_needs_no_seat(office: Office) -> None:
    assert office.client.get("/_stcore/health").text == "ok"


def test_a_seat_that_the_browser_brings_along_is_not_taken(office: Office) -> None:
    forged = seat("public") | {"X-ZeLian-Seat": "%7B%22role%22%3A%22leadership%22%7D"}
    with office.client.websocket_connect("/_stcore/stream", headers=forged, subprotocols=["streamlit"]) as ws:
        assert "公众" in Session(ws)("overview").words


WRONG = {
    "": "exactly one of [proxy] and [oidc]",
    "[proxy]\n[oidc]\n": "exactly one of",
    "[proxy": "not valid TOML",
    "[proxy]\nsecret_file = 'secret'\n": "nobody has a role",
    "[proxy]\nsecret_file = 'none'\n[users]\na = 'public'\n": "no secret",
    "[proxy]\nsecret_file = 'short'\n[users]\na = 'public'\n": "at least 16 characters",
    "[proxy]\nsecret_file = 'secret'\n[users]\na = 'king'\n": "no role king",
    "[proxy]\nsecret_file = 'secret'\nsecrt = 1\n[users]\na = 'public'\n": "no such setting: secrt",
    "[oidc]\nissuer = 'http://login.example'\nclient_id = 'z'\n[users]\na = 'public'\n": "begins with https",
    "[proxy]\nsecret_file = 'secret'\n[users]\na = 1\n": "a is missing or not a text",
    "hours = 0\n[proxy]\nsecret_file = 'secret'\n[users]\na = 'public'\n": "from 1 to 24",
}


@pytest.mark.parametrize(("text", "said"), WRONG.items())
def test_settings_that_are_wrong_start_nothing_and_say_why(
    text: str, said: str, office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "secret").write_text(KNOWN)
    (tmp_path / "short").write_text("short")
    file = tmp_path / "access.toml"
    file.write_text(text)
    with pytest.raises(settings.SettingsError, match=said.replace("[", r"\[")) as raised:
        settings.read(file, known(office.home))
    zh, _, en = str(raised.value).partition(" / ")
    assert zh
    assert en
    monkeypatch.setenv("ZELIAN_ACCESS", str(tmp_path / "nowhere.toml"))
    place = settings.place()
    assert place is not None  # named and not there: everybody is kept out
    with pytest.raises(settings.SettingsError, match="cannot read"):
        settings.read(place, known(office.home))


# -- what a role sees -----------------------------------------------------------------------------

VIEWS = (
    "overview",
    "issue?id=SL-105&tab=history",
    "issue?id=SL-107",
    "issue?id=SL-110&tab=state&lang=en",
    f"inspection?id={INSPECTION}",
    "search?q=未定",
)


#: With ZELIAN_EVERY_ROLE=1 every page and every part of it, for all who do not see everything.
EVERY_VIEW = (
    *VIEWS,
    *(
        f"issue?id={id}&tab={tab}&lang={lang}"
        for id in ("SL-105", "SL-107")
        for tab in ("overview", "chain", "steps", "state", "ask", "history")
        for lang in ("zh", "en")
    ),
    *(f"inspection?id={INSPECTION}&tab={tab}" for tab in ("steps", "issues", "said")),
    *(f"duties?tab={tab}" for tab in ("passed", "ahead", "calendar")),
    *(f"questions?q={id}" for id in catalogue().questions),
    *("issues", "inspection", "district", "district?id=dBaiyang", "duties?tab=calendar&unit=dBaiyang_gov"),
    *("responsibility", "responsibility?tab=bodies", "unit?id=dBaiyang_gov", "law", "law?norm=a39.p3.s1"),
    *("search?q=SL-106", "search?q=x-paper-0", "issue?id=x-paper-0", "record", "record?tab=history"),
)
LOOKING = [(role, EVERY_VIEW) for role in PAIRS] if WIDE else [("public", VIEWS), ("reviewer", VIEWS[1:2])]
TAKING = [(role, EVERY_VIEW, "") for role in PAIRS] if WIDE else [("public", VIEWS[2:3], ".xlsx")]
"""The roles and views whose files are asked for, and how these end."""


@pytest.mark.parametrize(("role", "views"), LOOKING)
def test_what_a_role_does_not_see_changes_nothing_on_any_page(
    office: Office, homes: list[Path], role: str, views: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two records that differ in nothing but what is secret give the same bytes, page by page."""
    shown: list[list[bytes]] = []
    for place in PAIRS[role]:
        monkeypatch.setenv("ZELIAN_HOME", str(homes[place]))
        drawn = [office.view(path, role) for path in views]
        shown.append([view.content for view in drawn])
        if role == "public":
            written = "".join(view.words for view in drawn).replace("q=未定", "").replace('"未定"', "")
            assert not [word for words in SECRET.values() for word in words if word in written]
    for path, here, there in zip(views, *shown, strict=True):
        assert here == there, path
    whole = office.view(views[1] if len(views) > 1 else views[0], "leadership")
    assert whole.content not in shown[1]


@pytest.mark.parametrize(("role", "views", "ending"), TAKING)
def test_what_a_role_does_not_see_changes_nothing_in_any_file(
    office: Office,
    homes: list[Path],
    role: str,
    views: tuple[str, ...],
    ending: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nor in what the buttons of the pages give."""
    taken: list[dict[str, bytes]] = []
    for place in PAIRS[role]:
        monkeypatch.setenv("ZELIAN_HOME", str(homes[place]))
        taken.append({})
        for path in views:
            with office.session(role) as ask:
                for label, url in ask.files(ask(path), ending):
                    answer = office.client.get(url, headers=seat(role))
                    assert answer.status_code == 200, (path, label)
                    file = tmp_path / Path(url).name
                    file.write_bytes(answer.content)
                    taken[-1][f"{path}: {label}"] = timeless(file)
    assert taken[0]
    assert taken[0].keys() == taken[1].keys()
    for what, file_here in taken[0].items():
        assert file_here == taken[1][what], what
        if role == "public" and "q=未定" not in what:
            assert not [w for words in SECRET.values() for w in words if w.encode() in file_here], what


def test_every_page_says_what_it_leaves_out(office: Office) -> None:
    for path, left_out in (
        ("law", "所见范围：不含举报人的身份和举报的内容、"),
        ("issue?id=SL-107&lang=en", "Left out: who "),
    ):
        view = office.view(path)
        assert left_out in view.words
        assert "record?" not in view.words  # nor is recording offered
    assert "所见范围：" not in office.view("audit", "leadership").words


def test_no_session_is_taken_up_by_another_person(office: Office) -> None:
    """A draft that a recorder has uploaded is gone when somebody else takes up the session."""
    with office.session("recorder") as ask:
        uploaded(office, ask, "本人.csv", "问题编号,区县\nZ-1,云阳县\n")
        assert "本人.csv" in ask("record").words
        session = ask.id
    again = office.view("record", "recorder", "somebody-else", session)
    assert again.session == session
    assert "本人.csv" not in again.words


def test_a_sign_in_that_is_over_shows_nothing_any_more(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(allowed, "seat", lambda: Seat("x", "x", "recorder", until=1))
    view = office.view("issue?id=SL-107")
    assert "请重新登录" in view.words
    assert "SL-107" not in view.words.replace("issue?", "")
    monkeypatch.setattr(allowed, "_note", lambda *_: None)
    with pytest.raises(allowed.NotAllowedError):
        allowed.require(allowed.RECORD)


def test_nobody_clears_what_all_share(office: Office) -> None:
    known = allowed.office()
    assert known is not None
    public, day = known.policy.roles["public"], date.fromisoformat(AT)
    with office.session("public") as ask:
        ask("audit")
        before = store.opened(str(office.home), day, True, public)
        ask.send(BackMsg(clear_cache=True))
        ask("audit")
    assert store.opened(str(office.home), day, True, public) is before


# -- what a role may do ---------------------------------------------------------------------------


def uploaded(office: Office, ask: Session, name: str, text: str) -> None:
    """Upload a file as the browser does."""
    field = ask("record").widget("")
    wanted = BackMsg()
    wanted.file_urls_request.request_id = "1"
    wanted.file_urls_request.file_names.append(name)
    wanted.file_urls_request.session_id = ask.id
    ask.send(wanted)
    while (message := ask.receive()).WhichOneof("type") != "file_urls_response":
        pass
    [urls] = message.file_urls_response.file_urls
    path = "/" + urls.upload_url.lstrip("/")
    office.client.get("/_stcore/health")
    own = {"X-Xsrftoken": office.client.cookies["_streamlit_xsrf"]}
    answer = office.client.put(path, headers=seat("recorder") | own, files={"file": (name, text.encode())})
    assert answer.status_code == 204, answer.text
    refused = office.client.put(path, headers=seat("public") | own, files={"file": (name, text.encode())})
    assert refused.status_code == 403
    info = UploadedFileInfo(file_id=urls.file_id, name=name, size=len(text), file_urls=urls)
    state = FileUploaderState(uploaded_file_info=[info])
    ask("record", (WidgetState(id=field, file_uploader_state_value=state),))


def test_a_recorder_records_and_it_is_signed_and_logged(office: Office) -> None:
    with office.session("recorder", "li.si") as ask:
        uploaded(office, ask, "新.csv", "问题编号,区县,问题概况\nZ-2,云阳县,河道堆放弃土\n")
        shown = ask("record")
        assert "li.si" in shown.words
        ask("record", (WidgetState(id=shown.widget("入库"), trigger_value=True),))
    with Record.open(office.home / "record.sqlite") as record:
        last = record.transactions()[-1]
        assert record.knows("Z-2")
    assert last["who"] == "li.si"
    [line] = AuditLog(office.home / "audit.sqlite").lines(Wanted(user="li.si", action="change"))
    assert (line.role, line.what, line.transaction) == ("recorder", "新.csv", last["id"])


@pytest.mark.parametrize(
    ("role", "path"), [("public", "record?tab=upload"), ("leadership", "record?kind=finding&about=SL-105")]
)
def test_who_may_not_record_is_not_offered_it_and_cannot_do_it(office: Office, role: str, path: str) -> None:
    view = office.view(path, role, f"not-{role}")
    assert "不能录入" in view.words
    drawn = {message.delta.new_element.WhichOneof("type") for message in view.drawn}
    assert not drawn & {"button", "file_uploader", "text_input"}
    [line] = AuditLog(office.home / "audit.sqlite").lines(Wanted(user=f"not-{role}", action="refused"))
    assert line.what == "record"
    with pytest.MonkeyPatch.context() as patch:  # where it is done, whatever the page may have offered
        patch.setattr(allowed, "seat", lambda: Seat("x", "x", role))
        patch.setattr(allowed, "_note", lambda *_: None)
        draft = uploads.Draft({"新.csv": "问题编号,区县,问题概况\nZ-9,云阳县,弃土\n".encode()})
        with pytest.raises(allowed.NotAllowedError, match="may not"):
            draft.store("x", "", lambda *_: None, only_good=False)


def test_only_who_may_sees_the_log(office: Office) -> None:
    office.view("issue?id=SL-105")
    shown = office.view("audit", "administrator")
    assert "u-public" in shown.words
    assert "id=SL-105" in shown.words
    assert "核对无误" in office.view("audit?verify=1", "leadership").words
    refused = office.view("audit")
    assert "不能查看访问日志" in refused.words
    assert "u-leadership" not in refused.words


def test_receipts_are_shown_to_who_sees_the_whole_record(office: Office) -> None:
    office.view("issue?id=SL-107", "recorder")  # looked at for the first time, a run leaves a receipt
    listed = office.view("record?tab=receipts", "recorder")
    *_, last = Chain(Record.open(office.home / "record.sqlite"))
    assert f"receipt={last.number}" in listed.words
    shown = office.view(f"record?tab=receipts&receipt={last.number}&lang=en", "leadership").words
    assert last.digest in shown
    assert last.run.data_digest in shown
    assert "no receipt" in office.view("record?tab=receipts&receipt=99&lang=en", "recorder").words
    for role in ("reviewer", "administrator", "public"):
        refused = office.view("record?tab=receipts", role).words
        assert "推理凭据是对全部记录的" in refused
        assert last.digest[:12] not in refused


def test_a_download_stands_in_the_log(office: Office) -> None:
    with office.session("public", "down") as ask:
        url = ask.file(ask("issue?id=SL-105"), ".xlsx")
        assert office.client.get(url, headers=seat("public", "down")).status_code == 200
    lines = AuditLog(office.home / "audit.sqlite").lines(Wanted(user="down"))
    assert [(line.action, line.page) for line in lines] == [("download", ""), ("view", "issue")]
    assert lines[0].what.endswith(".xlsx")


def test_the_log_on_the_command_line_and_a_line_that_was_changed(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    office.view("issue?id=SL-105", "public", "a\x1bb")
    monkeypatch.setenv("ZELIAN_HOME", str(tmp_path))
    with (
        sqlite3.connect(office.home / "audit.sqlite") as source,
        sqlite3.connect(tmp_path / "audit.sqlite") as to,
    ):
        source.backup(to)
    assert main(["audit", "--what", "SL-105", "--format", "csv"]) == 0
    shown = capsys.readouterr().out
    assert "issue?" in shown
    assert "\x1b" not in shown
    assert main(["audit", "--verify"]) == 0
    assert "核对无误" in capsys.readouterr().out
    with sqlite3.connect(tmp_path / "audit.sqlite") as log:
        with pytest.raises(sqlite3.IntegrityError, match="never changed"):
            log.execute("DELETE FROM audit WHERE number = 2")
        log.execute("DROP TRIGGER audit_no_update")
        log.execute("UPDATE audit SET what = 'SL-106' WHERE number = 2")
        log.commit()
    assert main(["audit", "--verify"]) == 1
    assert capsys.readouterr().out == "第 2 行：内容与哈希不符\n"


def test_other_machines_are_not_let_in_without_a_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Reachable and not controlled: said clearly. Controlled by settings that are wrong: not started."""
    served: list[object] = []
    monkeypatch.setattr(serve, "serve", lambda *_, access, **__: served.append(access))
    monkeypatch.setattr(load, "ensure_bundled", lambda _: None)
    monkeypatch.setattr(settings, "FILE", "none.toml")
    monkeypatch.setenv("ZELIAN_ACCESS", str(tmp_path / "nothing.toml"))
    assert main(["explore", "--no-browser", "--port", "8699"]) == 2
    assert "access settings" in capsys.readouterr().err
    monkeypatch.delenv("ZELIAN_ACCESS")
    assert main(["explore", "--no-browser", "--port", "8699"]) == 0
    assert "warning" not in capsys.readouterr().out
    assert main(["explore", "--no-browser", "--port", "8699", "--address", "0.0.0.0"]) == 0
    assert "access is not controlled" in capsys.readouterr().out
    assert served == [None, None]
