"""Ana at a terminal: `enlace` against the served host, each command a process of its own."""

import os
import re
import secrets
import shutil
import stat
import subprocess
import sys

import pytest

from client.b64 import b64u
from client.cases import Case
from client.store import Store
from sealed import safety
from sealed.errors import EnlaceError
from sealed.open_passkey import Passkey, seal_passkey_slot
from tests.second_factor import step_up

pytestmark = pytest.mark.outside

MANIFEST = """No;Nombre completo;Sexo;Fecha de nacimiento;Nacionalidad;Zapato
1;Jean-Baptiste Wilner;M;03/05/1990;Haití;42
2;محمد الحداد;M;1988-11-20;Siria;43
3;陈秀英;F;1979-02-14;China;37
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("terminal")


@pytest.fixture(scope="module")
def terminal(host, network, folder):
    """Runs `enlace` as Ana, whose secrets lie in files as on a machine that runs alone."""
    account = network["ana"].account
    secrets = {"PASSWORD": account.password, "TOTP": account.totp_secret, "PASSPHRASE": account.passphrase}
    env = {**host.env, "ENLACE_HOME": str(folder / "enlace"), "PYTHONPATH": os.getcwd()}
    for name, secret in secrets.items():
        (folder / name).write_text(secret + "\n", encoding="utf-8")
        env[f"ENLACE_{name}_FILE"] = str(folder / name)

    def enlace(*arguments, fails=False, said=""):
        command = [sys.executable, "-m", "client.cli", *arguments]
        done = subprocess.run(command, env=env, input=said, capture_output=True, text=True)
        assert bool(done.returncode) is fails, done.stderr
        return done.stderr if fails else done.stdout

    enlace("login", "--url", host.urls[0], "--username", account.username)
    return enlace


def test_ana_lists_reads_and_writes_without_a_browser(terminal, ana, bashir):
    room = ana.enlace.create_channel("direct", {bashir.kid: "o"}, "Lista de la terminal")
    bashir.enlace.room(room.id).post("¿Llegó la unidad?")
    assert "Lista de la terminal" in terminal("list")
    assert "Bashir Haddad (MX): ¿Llegó la unidad?" in terminal("read", "Lista de la term", "--mark")
    terminal("post", room.id[:12], "-", said="Llegó completa.\n")
    his = bashir.enlace.room(room.id)
    assert his.texts() == ["¿Llegó la unidad?", "Llegó completa."]
    assert his.seen_by()[ana.kid] == 3, "the signed receipt covers title, question and genesis"


def test_what_bashir_mended_and_withdrew_is_read_so_at_the_terminal(terminal, ana, bashir):
    room = ana.enlace.create_channel("direct", {bashir.kid: "o"}, "Enmiendas de la terminal")
    his = bashir.enlace.room(room.id)
    mended, gone = his.post("Salieron 40."), his.post("NombrePlantado")
    his.edit(mended, "Salieron 41.")
    his.redact(gone, "person_at_risk")
    read = terminal("read", "Enmiendas de la term")
    assert "Bashir Haddad (MX): Salieron 41.  (edited)" in read
    assert "(withdrawn by Bashir Haddad (MX): person_at_risk)" in read
    assert "NombrePlantado" not in read


def test_ana_shares_a_file_and_saves_it_again(terminal, ana, bashir, tmp_path):
    ana.enlace.create_channel("direct", {bashir.kid: "o"}, "Papeles de la terminal")
    (tmp_path / "lista.csv").write_text("41 personas", encoding="utf-8")
    terminal("attach", "Papeles", str(tmp_path / "lista.csv"), "La de hoy")
    assert "La de hoy [lista.csv]" in terminal("read", "Papeles")
    (tmp_path / "aquí").mkdir()
    terminal("fetch", "Papeles", "lista", "--to", str(tmp_path / "aquí"))
    assert (tmp_path / "aquí" / "lista.csv").read_text(encoding="utf-8") == "41 personas"
    assert "Nothing was written" in terminal("fetch", "Papeles", "lista", "--to", str(tmp_path / "aquí"), fails=True)


def test_ana_exports_a_channel_and_anybody_checks_it(terminal, ana, bashir, tmp_path):
    room = ana.enlace.create_channel("direct", {bashir.kid: "o"}, "Expediente de la terminal")
    room.post("Salieron 41")
    made = terminal("export", "Expediente", str(tmp_path / "e.zip"))
    assert "3 events, 2 of 2 sealed ones can be read" in made
    told = terminal("verify", str(tmp_path / "e.zip"), "--root", safety.root_fingerprint(ana.enlace.vault.own_root), "--read")
    assert "Everything holds: signed, complete, in this order." in told
    assert "Ana Zelaya (HN): Salieron 41" in told
    assert "DOES NOT HOLD" not in told
    refused = terminal("verify", str(tmp_path / "e.zip"), "--root", "00000 " * 12, fails=True)
    assert "Do not rely on it" in refused


def test_the_log_is_checked_and_a_proof_told(terminal, tmp_path):
    assert re.search(r"\d+ leaves, root [0-9a-f]{64}", terminal("verify-log"))
    (tmp_path / "p.json").write_text("{}", encoding="utf-8")
    assert "proves nothing" in terminal("verify-log", "--proof", str(tmp_path / "p.json"), fails=True)


def test_what_lies_on_her_disk_is_hers_alone_and_sealed(terminal, ana, folder):
    terminal("list")
    kept = sorted((folder / "enlace").iterdir())
    assert [path.name for path in kept] == ["session.json", "vault"]
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in kept)
    assert ana.enlace.identity.user_seed not in (folder / "enlace" / "vault").read_bytes()


def test_an_older_vault_than_the_one_she_saw_is_refused(terminal, ana, folder, tmp_path):
    terminal("list")
    store = Store(shutil.copytree(folder / "enlace", tmp_path / "enlace"))
    newer = store.session()
    store.unlock(newer, ana.account.passphrase)
    newer.vault.counter += 1
    store.keep_vault(newer)
    with pytest.raises(EnlaceError, match="vault_rollback"):
        store.unlock(store.session(), ana.account.passphrase)


def test_a_manifest_becomes_a_sealed_case(terminal, ana, tmp_path):
    path = tmp_path / "lista.csv"
    path.write_text(MANIFEST, encoding="utf-8")
    said = terminal("import", str(path), "--desk", "Tegucigalpa", "--yes")
    assert "not placed: Zapato" in said
    code = next(line.split()[0] for line in said.splitlines() if line.startswith("RT-"))
    sealed = Case.at(ana.enlace, code).sealed()
    assert [sealed[ref]["name"] for ref in ("P1", "P2", "P3")] == ["Jean-Baptiste Wilner", "محمد الحداد", "陈秀英"]
    shown = terminal("case", "show", code)
    assert "陈秀英" in shown
    assert code in terminal("case", "list", "--kind", "land_return")


def test_a_channel_that_is_not_there_is_said_in_words(terminal):
    assert "enlace:" in terminal("read", "ninguna parte", fails=True)


def test_a_security_key_is_for_browsers_and_the_terminal_says_so(terminal, ana, folder):
    key = Passkey(secrets.token_bytes(16), "localhost", b"id", ("usb",), bytes(32))
    step_up(ana)
    ana.enlace.http.post("/api/me/slots", {"slot": b64u(seal_passkey_slot(key, bytes(32), ana.enlace.vault_key))})
    words = folder / "PASSPHRASE"
    right = words.read_text(encoding="utf-8")
    words.write_text("siete palabras que nadie le dio nunca", encoding="utf-8")
    assert "your security keys open in a browser only" in terminal("list", fails=True)
    words.write_text(right, encoding="utf-8")
    assert terminal("list")
