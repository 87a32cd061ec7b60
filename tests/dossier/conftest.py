"""A record with everything a dossier has to cope with, and two dossiers that many tests read."""

import shutil
from pathlib import Path

import pytest
from written import AS_OF, HOSTILE, SECRETS

from app import dossier as d
from app.dossier.content import Dossier
from reasoner.engine.survey import Survey, open_survey
from reasoner.pipeline import RECORD_FILE
from reasoner.records.record import Claim, Record, Source


def put(record: Record, key: str, *claims: Claim) -> None:
    with record.transaction("test", key) as change:
        change.put_row(Source("own.csv", row=7, key=key), list(claims))


def act(kind: str, id: str, issue: str, **more: str) -> list[Claim]:
    kinds = {"name": "text", "note": "text", "on": "date"}
    return [
        Claim(kind, id),
        Claim("about", id, issue, "entity"),
        *(
            Claim(key, id, int(value) if kinds.get(key) == "date" else value, kinds.get(key, "entity"))
            for key, value in more.items()
        ),
    ]


@pytest.fixture(scope="session")
def home(sampled_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundled data, the samples, a hostile issue, and one with restricted fields of every kind."""
    home = tmp_path_factory.mktemp("dossier")
    shutil.copy(sampled_home / RECORD_FILE, home)
    with Record.open(home / RECORD_FILE) as record:
        hostile = [Claim("summary", "X-1", text, "text") for text in HOSTILE[:1]]
        hostile += [Claim("note", "X-1", text.replace("\ud800", ""), "text") for text in HOSTILE[1:]]
        hostile += [
            Claim("name", "X-1", HOSTILE[0], "text"),
            Claim("sourceUrl", "X-1", "javascript:1", "text"),
        ]
        put(record, "X-1", Claim("issue", "X-1"), Claim("raisedIn", "X-1", "i-c3", "entity"), *hostile)
        own = [Claim("issue", "R-1"), Claim("name", "R-1", "有受限字段的问题", "text")]
        own += [Claim("raisedIn", "R-1", "i-m2-1", "entity"), Claim("relatesTo", "R-1", "d500110", "entity")]
        unit = [Claim("unit", "who"), Claim("name", "who", SECRETS[0], "text")]
        own += act("complaint", "R-c", "R-1", by="who", note=SECRETS[1], name="来信", on="20260105")
        from_whom = [Claim("unit", "src"), Claim("name", "src", SECRETS[2], "text")]
        own += act("informationGathering", "R-g", "R-1", to="src", on="20260103")
        team = [Claim("unit", "team"), Claim("name", "team", SECRETS[4], "text")]
        letter = [Claim("text", "t-7"), Claim("name", "t-7", SECRETS[3], "text")]
        own += act("finding", "R-p", "R-1", findingKind="dereliction", state="provisional", by="team")
        own += [Claim("instrument", "R-p", "t-7", "entity"), Claim("on", "R-p", 20260201, "date")]
        own += act("finding", "R-q", "R-1", findingKind="cadreCausedDamage", state="provisional", by="team")
        own += [Claim("concernsPost", "R-q", "p-2", "entity"), Claim("on", "R-q", 20260202, "date")]
        own += [Claim("instrument", "R-q", "t-7", "entity"), Claim("competence", "R-q", "t-7", "entity")]
        unit += [Claim("post", "p-2"), Claim("postIn", "p-2", "d500110_gov", "entity")]
        unit += [Claim("name", "p-2", SECRETS[7], "text")]
        paper = [Claim("inspectionFile", "R-d"), Claim("name", "R-d", SECRETS[5], "text")]
        paper += [Claim("text", "t-8"), Claim("name", "t-8", SECRETS[6], "text")]
        own += act("finding", "R-s", "R-d", findingKind="workSecret", state="upheld", by="leadingGroup")
        own += [Claim("instrument", "R-s", "t-8", "entity"), Claim("on", "R-s", 20260301, "date")]
        own += act("publication", "R-x", "R-1", by="leadingGroupOffice", on="20260302")
        own += [Claim("about", "R-x", "R-d", "entity")]
        held = [Claim("issue", "L-1"), Claim("raisedIn", "L-1", "i-s-routine-2024", "entity")]
        held += [Claim("relatesTo", "L-1", "dBaiyang", "entity"), Claim("post", "p-1")]
        held += [
            Claim("postIn", "p-1", "dBaiyang_gov", "entity"),
            Claim("name", "p-1", "示例某局局长", "text"),
        ]
        found = {"findingKind": "cadreCausedDamage", "by": "disciplineAndSupervision", "state": "upheld"}
        held += act("finding", "L-f", "L-1", **found, concernsPost="p-1", instrument="t-9", on="20241001")
        held += [Claim("competence", "L-f", "t-9", "entity"), Claim("text", "t-9")]
        put(record, "L-1", *held, Claim("name", "t-9", "示例认〔2024〕1号", "text"))
        put(record, "R-1", *own, *unit, *from_whom, *team, *letter, *paper)
    return home


@pytest.fixture(scope="session")
def desk(home: Path) -> Survey:
    return open_survey(home, AS_OF)


@pytest.fixture(scope="session")
def sample(desk: Survey) -> Dossier:
    return d.dossier(["SL-105"], desk)


@pytest.fixture(scope="session")
def real(desk: Survey) -> Dossier:
    return d.dossier(["CQ-001"], desk)
