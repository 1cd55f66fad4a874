"""A host that shows Ana another key log than before, or hides what is new: her client stops, keeps the proof, and says so. The
lies are told on the wire (`Liar`), between an honest host and an honest client; the same line carries the truth first."""

import base64

import httpx
import pytest

from client.b64 import unb64u
from client.enlace import Enlace
from client.store import Store
from client.witness import Witness, admit
from sealed import certs, safety
from sealed.checkpoint import parse
from sealed.errors import EnlaceError
from sealed.issuing import log_public
from sealed.replica import Head, verify_proof
from tests import cast
from tests.lying import Liar, certificate, shows

pytestmark = pytest.mark.outside


@pytest.fixture
def line(host, ana):
    """Ana's session over a line that can lie. -> (a new client, its Liar)."""
    liar = Liar()

    def client() -> Enlace:
        enlace = Enlace(host.urls[0])
        enlace.http.session = httpx.Client(base_url=host.urls[0], headers=enlace.http.session.headers, transport=liar)
        enlace.http.take_cookies(ana.enlace.http.cookies())
        return enlace

    return client, liar


@pytest.fixture
def log_seed(host):
    """The host's own key: who lies here is the host itself, and can sign."""
    return bytes.fromhex((host.var / "log.key").read_text().strip())


@pytest.fixture
def leaves(ana):
    return [unb64u(leaf) for leaf in ana.enlace.http.get("/api/keylog")["leaves"]]


@pytest.fixture
def remembering(line, ana, tmp_path):
    """Ana's command line, which has been here before. -> (open a client anew, the Liar)."""
    client, liar = line
    store = Store(tmp_path)

    def unlocked() -> Enlace:
        enlace = client()
        store.unlock(enlace, ana.account.passphrase)
        store.keep_vault(enlace)
        return enlace

    unlocked()
    return unlocked, liar


def test_the_line_carries_the_truth(remembering, leaves, log_seed):
    unlocked, liar = remembering
    liar.lie = shows(leaves, log_seed)
    assert unlocked().directory.size == len(leaves)


def test_a_shorter_log_is_refused_with_its_proof(remembering, leaves, log_seed):
    unlocked, liar = remembering
    liar.lie = shows(leaves[:-1], log_seed)
    with pytest.raises(EnlaceError, match="log_shrunk") as refused:
        unlocked()
    assert verify_proof(refused.value.more["proof"]) == "log_shrunk"


def test_a_rewritten_log_is_refused_with_its_proof(remembering, leaves, log_seed, diego):
    unlocked, liar = remembering
    liar.lie = shows([*leaves[:-1], certificate(diego.enlace.identity), b"more"], log_seed)
    with pytest.raises(EnlaceError, match="log_forked") as refused:
        unlocked()
    proof = refused.value.more["proof"]
    assert verify_proof(proof) == "log_forked"
    assert parse(proof["seen"]).size == len(leaves)
    assert base64.b64decode(proof["log_key"]) == log_public(log_seed)


def test_a_fork_under_an_open_client_is_refused_and_nothing_of_it_is_believed(remembering, leaves, log_seed, diego):
    unlocked, liar = remembering
    enlace = unlocked()
    stranger = certificate(diego.enlace.identity)
    liar.lie = shows([*leaves[:-1], stranger, leaves[-1]], log_seed)
    for _ in range(2):
        with pytest.raises(EnlaceError, match="log_forked") as refused:
            enlace.sync()
        assert refused.value.more["proof"]
    assert enlace.directory.key(certs.parse(stranger).cert.kid) is None
    liar.lie = None
    assert enlace.sync().size == len(leaves), "the truth is taken again"


def test_another_log_key_is_refused(remembering, leaves):
    unlocked, liar = remembering
    liar.lie = shows(leaves, b"\x05" * 32)
    with pytest.raises(EnlaceError, match="bad_checkpoint"):
        unlocked()


@pytest.mark.parametrize(
    "nonsense", [{"checkpoint": 7}, {"log_key": "!"}, {"leaves": None}, {"size": "x"}, {"checkpoint": "x"}, {"cosigned": None}]
)
def test_nonsense_is_refused_and_not_stumbled_over(remembering, nonsense):
    unlocked, liar = remembering
    liar.lie = lambda told, first: told | nonsense
    with pytest.raises(EnlaceError, match="bad_checkpoint"):
        unlocked()


def test_the_log_comes_in_pages(remembering, leaves):
    unlocked, liar = remembering
    asked = []
    liar.lie = lambda told, first: (asked.append(first), told | {"leaves": told["leaves"][:7]})[1]
    assert unlocked().directory.size == len(leaves)
    assert asked == list(range(0, len(leaves), 7))


# --- Witnesses ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def witness(ana, diego, tmp_path):
    """Honduras runs a witness, admitted by its focal point, brought by an account of the country."""
    digits = safety.root_fingerprint(ana.enlace.vault.own_root)
    made = Witness.create(tmp_path / "witness.json", ana.enlace, digits)
    admit(diego.enlace, made.public)
    yield made
    admit(diego.enlace, made.public, runs=False)


def test_a_witness_signs_what_grew_and_ana_sees_when(remembering, witness, ana):
    unlocked, _ = remembering
    before = unlocked()
    assert before.log.witness_stale, "admitted, and silent so far"
    assert any("Ana" in line for line in witness.look(ana.enlace)), "all that speaks in the country's name is told the first time"
    assert witness.look(ana.enlace) == [], "and then only what is new"
    after = unlocked()
    assert not after.log.witness_stale
    assert after.log.head.witnessed_at >= 1_700_000_000


def test_a_witness_signs_no_log_that_shrank_or_forked(witness, line, ana, leaves, log_seed, diego):
    client, liar = line
    witness.look(client())
    now = [unb64u(leaf) for leaf in ana.enlace.http.get("/api/keylog")["leaves"]]
    for shown, code in ((now[:-1], "log_shrunk"), ([*now[:-1], certificate(diego.enlace.identity), b"more"], "log_forked")):
        liar.lie = shows(shown, log_seed)
        with pytest.raises(EnlaceError, match=code) as refused:
            Witness.read(witness.path).look(client())
        assert verify_proof(refused.value.more["proof"]) == code
    liar.lie = None
    Witness.read(witness.path).look(client())


def test_a_machine_without_memory_is_told_of_an_old_log_by_the_witness(witness, line, ana, diego, tmp_path, log_seed):
    """The lawful twin: the same empty machine opens while the witness's word is fresh."""
    client, liar = line
    admit(diego.enlace, witness.public)  # one leaf more, which the host will hide
    with pytest.raises(EnlaceError, match="witness_stale"):
        Store(tmp_path / "new").unlock(client(), ana.account.passphrase)
    witness.look(ana.enlace)
    Store(tmp_path / "new").unlock(client(), ana.account.passphrase)
    told = ana.enlace.http.get("/api/keylog")
    leaves = [unb64u(leaf) for leaf in told["leaves"]]
    # The vault pins nothing that was seen after it was sealed: only the witness knows that the log was longer.
    liar.lie = shows(leaves[:-1], log_seed, told["cosigned"])
    with pytest.raises(EnlaceError, match="log_shrunk"):
        Store(tmp_path / "new").unlock(client(), ana.account.passphrase)


def test_only_the_admitted_witness_is_believed(witness, ana, bashir):
    head = ana.enlace.http.get("/api/keylog")
    other = Witness(witness.path, "HN", b"\x09" * 32, witness.own_root, None)
    with pytest.raises(EnlaceError, match="no_witness"):
        other.look(ana.enlace)
    with pytest.raises(EnlaceError, match="bad_checkpoint"):
        ana.enlace.http.post("/api/keylog/cosignatures", {"size": head["size"], "line": "— enlace-witness/HN AAAA\n"})
    with pytest.raises(EnlaceError, match="not_allowed"):
        bashir.enlace.http.post("/api/keylog/cosignatures", {"size": head["size"], "line": "— enlace-witness/MX AAAA\n"})


def test_the_digits_of_another_root_make_no_witness(bashir, ana, tmp_path):
    with pytest.raises(EnlaceError, match="wrong_root"):
        Witness.create(tmp_path / "w.json", ana.enlace, safety.root_fingerprint(bashir.enlace.vault.own_root))
    assert not (tmp_path / "w.json").exists()


# --- Two logs for two officers --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def pair(network):
    """Two new officers of Honduras: nobody else may ever read what comes of them."""
    made = [
        network["founder"].invite("HN", username, name, cast.PASSWORD, role="officer", posts=[], languages=["es"])
        for username, name in (("noemi.dos", "Noemí Lagos"), ("nadia.dos", "Nadia Paz"))
    ]
    made[0].enlace.sync()
    return made


def test_the_first_message_across_a_split_view_ends_it(host, pair, diego, log_seed):
    """To Nadia the host shows a log with one leaf more; what she writes carries it to Noemí, inside the seal."""
    noemi, nadia = pair
    room = noemi.enlace.create_channel("direct", {nadia.kid: "o"}, "Dos registros")
    nadia.enlace.room(room.id).post("Sin novedad")
    assert room.refresh().texts() == ["Sin novedad"], "the same log on both sides"
    leaves = [unb64u(leaf) for leaf in noemi.enlace.http.get("/api/keylog")["leaves"]]
    liar, hers = Liar(), Enlace(host.urls[0])
    hers.http.session = httpx.Client(base_url=host.urls[0], headers=hers.http.session.headers, transport=liar)
    hers.http.take_cookies(nadia.enlace.http.cookies())
    liar.lie = shows([*leaves, certificate(diego.enlace.identity)], log_seed)
    hers.unlock(nadia.account.passphrase)
    hers.room(room.id).post("¿Quién es Nadie?")
    with pytest.raises(EnlaceError, match="log_shrunk") as refused:
        room.refresh().texts()
    assert verify_proof(refused.value.more["proof"]) == "log_shrunk"


def test_a_member_who_lies_about_the_log_accuses_nobody(pair):
    noemi, nadia = pair
    room = noemi.enlace.create_channel("direct", {nadia.kid: "o"}, "Sin firma")
    hers = nadia.enlace.room(room.id)
    forged = shows([b"not this log"], b"\x05" * 32)({}, 0)
    nadia.enlace.log.head = Head(1, b"\x06" * 32, unb64u(forged["log_key"]), forged["checkpoint"])
    hers.post("El servidor miente")
    assert room.refresh().texts() == ["El servidor miente"]
