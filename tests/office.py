"""The explorer of an office, in this process: pages are asked for as a browser asks, over a websocket."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

from app.access import settings
from app.explorer import allowed, serve
from reasoner import pipeline

SECRET = "what-only-the-proxy-knows"
GROUPS = ("leadership", "policy", "reviewer", "recorder", "administrator", "public")
PROXY = f"""
[proxy]
secret_file = "secret"
[roles]
{"".join(f'"g-{role}" = "{role}"{chr(10)}' for role in GROUPS)}
"""
AT = "2026-11-23"
_SECONDS = re.compile(rb"\d+\.\d\d (?=\xe7\xa7\x92)")


@dataclass
class View:
    """What the server sent for one view: the messages that draw it, and the session that drew it."""

    drawn: list[ForwardMsg]
    session: str

    @property
    def words(self) -> str:
        """The pieces of HTML on the page."""
        pieces = (m.delta.new_element.html.body for m in self.drawn)
        return "".join(piece for piece in pieces if not piece.startswith("<style"))

    @property
    def content(self) -> bytes:
        """All that is drawn, without what differs from session to session, and how long a query took."""
        kept = {}
        for message in self.drawn:
            if message.delta.HasField("new_transient"):  # "reasoning …" comes and goes
                continue
            delta = type(message.delta)()
            delta.CopyFrom(message.delta)
            if delta.new_element.HasField("download_button"):
                delta.new_element.download_button.deferred_file_id = ""
            kept[tuple(message.metadata.delta_path)] = delta.SerializeToString(deterministic=True)
        return _SECONDS.sub(b"", b"".join(kept[place] for place in sorted(kept)))

    def widget(self, label: str) -> str:
        """The id of the button, field or uploader of this label."""
        for message in self.drawn:
            element = message.delta.new_element
            for kind in ("button", "text_input", "file_uploader", "download_button"):
                if element.HasField(kind) and label in getattr(element, kind).label:
                    return str(getattr(element, kind).id)
        raise AssertionError(f"no {label} in\n{re.sub(r'<[^>]+>', ' ', self.words)}")


@dataclass
class Office:
    """An explorer with access control, and the record behind it."""

    client: TestClient
    home: Path

    def view(self, path: str, role: str = "public", user: str | None = None, session: str = "") -> View:
        """Open a view (``path`` as in the address) in a session of its own, or take one up again."""
        with self.session(role, user, session) as ask:
            return ask(path)

    @contextmanager
    def session(self, role: str, user: str | None = None, session: str = "") -> Iterator[Session]:
        """A browser that stays connected, or takes up a session again."""
        protocols = ["streamlit", "", session] if session else ["streamlit"]
        with self.client.websocket_connect(
            "/_stcore/stream", headers=seat(role, user), subprotocols=protocols
        ) as socket:
            yield Session(socket)


@dataclass
class Session:
    """One browser that is connected."""

    socket: object
    id: str = ""

    def __call__(self, path: str, widgets: tuple[WidgetState, ...] = ()) -> View:
        """Open a view, or draw it again with the state of some widgets."""
        page, _, query = path.partition("?")
        asked = BackMsg()
        asked.rerun_script.query_string = f"as_of={AT}&{query}"
        asked.rerun_script.page_name = page
        asked.rerun_script.widget_states.widgets.extend(widgets)
        self.send(asked)
        drawn: list[ForwardMsg] = []
        while True:
            message = self.receive()
            match message.WhichOneof("type"):
                case "new_session":
                    self.id = message.new_session.initialize.session_id or self.id
                    drawn = []
                case "delta":
                    drawn.append(message)
                case "script_finished" if message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                    return View(drawn, self.id)

    def file(self, view: View, ending: str) -> str:
        """Where the file lies that a button of the page gives."""
        [(_, url)] = self.files(view, ending)
        return url

    def files(self, view: View, ending: str = "") -> Iterator[tuple[str, str]]:
        """Where the files lie that the buttons of the page give, by label; made as they are asked for."""
        for message in view.drawn:
            button = message.delta.new_element.download_button
            if message.delta.new_element.HasField("download_button") and ending in button.label:
                yield button.label, button.url or self._made(button.deferred_file_id)

    def _made(self, file: str) -> str:
        wanted = BackMsg()
        wanted.backend_operation_request.request_id = "file"
        wanted.backend_operation_request.session_id = self.id
        wanted.backend_operation_request.deferred_file.file_id = file
        self.send(wanted)
        while (message := self.receive()).WhichOneof("type") != "backend_operation_response":
            pass
        return str(message.backend_operation_response.deferred_file.url)

    def send(self, asked: BackMsg) -> None:
        """Send one message."""
        self.socket.send_bytes(asked.SerializeToString())  # type: ignore[attr-defined]

    def receive(self) -> ForwardMsg:
        """Receive one message."""
        message = ForwardMsg()
        message.ParseFromString(self.socket.receive_bytes())  # type: ignore[attr-defined]
        return message


def seat(role: str, user: str | None = None, secret: str = SECRET) -> dict[str, str]:
    """The headers that the proxy sends."""
    return {
        "X-ZeLian-Secret": secret,
        "X-Forwarded-User": user or f"u-{role}",
        "X-Forwarded-Groups": f"staff,g-{role}",
    }


@contextmanager
def opened(home: Path, text: str = PROXY, secret: str = SECRET) -> Iterator[Office]:
    """Serve the record of a folder to an office with these settings."""
    (home / settings.FILE).write_text(text, "utf-8")
    (home / "secret").write_text(secret, "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ZELIAN_HOME", str(home))
        place = settings.place()
        assert place is not None
        try:
            app = serve.application(settings.read(place, known(home)))
            with TestClient(app, base_url="http://localhost:8501") as client:
                yield Office(client, home)
        finally:
            allowed.control(None)


def known(home: Path) -> Mapping[str, object]:
    """The roles that there are."""
    return pipeline.access_of(pipeline.ontology(None, home / "cache")).roles
