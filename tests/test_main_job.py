"""The main job, from outside: two officers talk sealed, a trafficking case runs from its first act to a closing that two
countries sign, a supervisor sees where it stands, and who is removed opens nothing that comes after."""

import sqlite3

import pytest

from client.cases import Case, fact, later, person
from client.live import Live
from sealed.errors import EnlaceError

pytestmark = pytest.mark.outside


def post_of(enlace, authority, name=""):
    posts = enlace.http.get("/api/directory")["posts"]
    return next(row["id"] for row in posts if row["authority"] == authority and name in row["name"])


def consent(purpose):
    return fact("consent", "given", "written", persons="all", purpose=purpose, recipients="both", language="es", guardian=False)


def open_case(ana, members=()):
    persons = [person("P1", sex="f", age_band="18-24", citizenship="MX", flags=["violence"])]
    sealed = {"case": {"title": "Hallazgo en Choluteca"}, "P1": {"name": "Rosalía Pech Canul", "phone": "+52 962 555 0134"}}
    desk = post_of(ana.enlace, "HN")
    return Case.open(ana.enlace, "trafficking", desk, persons, sealed, members={one.kid: "o" for one in members})


def until_consented(case):
    case.steps(
        [
            fact("screened", "safe", "interview", persons="all"),
            fact("status", "actual", "act_means_purpose", persons="all", decided_by="government"),
            fact("protection", "shelter", "assessment", persons="all"),
            fact("reflection", "waived", "person_choice", persons="all"),
            consent("assistance"),
            consent("sharing"),
        ]
    )


def handed_to_mexico(ana, bashir, case):
    """Refer, accept, bring in. -> Bashir's own replica of the case."""
    referral = case.refer("MX", post_of(ana.enlace, "MX"), "reception")
    bashir.enlace.answer_referral(case.code, referral, accept=True)
    assert case.bring_in() == [bashir.kid]
    return Case.at(bashir.enlace, case.code)


def test_a_trafficking_case_from_the_first_act_to_a_closing_by_two_countries(ana, bashir, carmen):
    case = open_case(ana)
    until_consented(case)
    his = handed_to_mexico(ana, bashir, case)
    assert his.sealed()["P1"]["name"] == "Rosalía Pech Canul", "the accepted desk reads what came before it"
    case.fact("risk", "low", "interview", where="host")
    his.steps(
        [
            fact("risk", "managed", "partner", persons="all", where="destination"),
            fact("nationality", "confirmed", "registry", persons="all"),
        ]
    )
    case.fact("solution", "return", "person_choice")
    his.fact("document", "issued", "safe_conduct")
    case.steps([consent("return"), fact("proceedings", "none", "prosecutor", persons="all")])
    his.fact("reception", "named", "shelter")
    journey = {"to": "MX", "post": post_of(ana.enlace, "MX"), "persons": "all"}
    case.act("plan", **journey, depart_at=later(hours=30), arrive_at=later(hours=36), transport="plane")
    assert case.stage == "planned"
    case.steps([("depart", journey | {"at": later()}), ("handover.give", journey | {"at": later()})])
    row = carmen.enlace.cases(kind="trafficking", codes=case.code)[0]
    assert (row["stage"], row["waiting_for"]) == ("travelled", "MX"), "Carmen sees whose turn it is, without a key"
    his.act("handover.receive", persons="all", post=journey["post"], at=later())
    his.steps([fact("reintegration", "agreed", "assessment", persons="all"), fact("monitoring", "done", "visit", persons="all")])
    closing = his.act("close.propose", outcome="reintegrated")
    assert case.view()["case"]["needs_signature"]
    with pytest.raises(EnlaceError, match="act_refused"):
        his.act("close.sign", reply_to=closing)
    case.act("close.sign", reply_to=closing)
    view = carmen.enlace.case(case.code)["case"]
    assert (view["stage"], view["outcome"]) == ("closed", "reintegrated")


def test_fernando_finds_nothing_of_what_ana_and_bashir_share(ana, bashir, fernando):
    case = open_case(ana)
    for path in (f"/api/cases/{case.code}", f"/api/channels/{case.room.id}", f"/api/channels/{case.room.id}/events"):
        with pytest.raises(EnlaceError, match="not_found"):
            fernando.enlace.http.get(path)
    assert case.code not in [row["code"] for row in fernando.enlace.cases()]


def test_a_desk_that_declines_never_reads_the_case(ana, fernando):
    case = open_case(ana)
    until_consented(case)
    referral = case.refer("GT", post_of(ana.enlace, "GT"), "family")
    assert fernando.enlace.case(case.code)["case"]["sight"] == "status"
    fernando.enlace.answer_referral(case.code, referral, accept=False, reason="not_competent")
    assert case.bring_in() == []
    with pytest.raises(EnlaceError, match="not_found"):
        fernando.enlace.case(case.code)


def test_the_keys_of_a_removed_officer_open_nothing_that_comes_after(ana, bashir, carmen):
    room = ana.enlace.create_channel("corridor", {bashir.kid: "w", carmen.kid: "o"}, "Corredor Tapachula-Corinto")
    room.post("antes de la salida")
    his = bashir.enlace.room(room.id)
    kept = dict(his.ring.secrets)
    room.remove(bashir.kid, sure=True)
    room.post("después de la salida")
    later_row = carmen.enlace.room(room.id).opened()[-1]
    assert later_row.text == "después de la salida"
    assert later_row.event.epoch not in kept, "the new epoch was not sealed to the one who left"
    his.ring.secrets = kept
    with pytest.raises(EnlaceError, match="missing_epoch_key"):
        his.ring.open(later_row.event)
    with pytest.raises(EnlaceError, match="not_found"):
        his.refresh()


CANARIES = ("ornitorrinco-lacustre", "Wilhelmina Ornitorrincova", "lista-ornitorrinco.xlsx")


async def test_planted_words_are_in_no_table_log_temporary_file_or_frame(host, ana, bashir):
    said, name, file_title = CANARIES
    room = ana.enlace.create_channel("direct", {bashir.kid: "o"}, file_title)
    async with Live(bashir.enlace) as live:
        await live.next("hello")
        room.post(f"La clave es {said}.")
        frames = [await live.next("events", channel=room.id)]
        frames += live.frames
    case = open_case(ana)
    case.room.record("P1", [("name", name), ("notes", said), ("document", file_title)])
    assert bashir.enlace.room(room.id).texts() == [f"La clave es {said}."], "the words did go through"
    assert Case.at(ana.enlace, case.code).sealed()["P1"]["name"] == name
    secrets = [word.encode() for word in (*CANARIES, ana.account.passphrase)]
    for where, data in [("frames", str(frames).encode()), *stored(host)]:
        for word in secrets:
            assert word not in data, f"{word.decode()} is readable in {where}"
            assert word.hex().encode() not in data, f"{word.decode()} is readable in {where}"  # how PostgreSQL prints bytes


def stored(host):
    """Everything the host wrote: database, logs and whatever lies in its temporary folder."""
    if host.stack == "sqlite":
        sqlite3.connect(host.var / "enlace.sqlite3").execute("PRAGMA wal_checkpoint(PASSIVE)")
    else:
        yield "PostgreSQL", dump(host.database_url)
    for path in sorted(host.var.rglob("*")):
        if path.is_file() and "static" not in path.parts:
            yield str(path), path.read_bytes()


def dump(url):
    import psycopg

    with psycopg.connect(url) as connection:
        tables = connection.execute("SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'").fetchall()
        rows = [connection.execute(f"SELECT t::text FROM {table} t").fetchall() for (table,) in tables]
    return "\n".join(str(row) for table in rows for row in table).encode()
