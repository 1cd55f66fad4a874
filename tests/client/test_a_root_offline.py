"""Panama joins: its root is made on a machine without a network, its focal point is certified there, and Honduras lists it after
the digits were exchanged."""

import stat

import pytest

from client import cli
from client.b64 import b64u
from client.enlace import Enlace
from client.root_file import RootFile, certify_focal, next_trust
from client.store import Store
from sealed import safety
from sealed.errors import EnlaceError
from sealed.keylog import replay
from tests import cast

pytestmark = pytest.mark.outside


@pytest.fixture
def says(tmp_path, monkeypatch, capsys):
    """Runs `enlace` with this person's session; -> what it printed."""

    def run(who, *arguments, left=0):
        home = tmp_path / "home"
        monkeypatch.setenv("ENLACE_HOME", str(home))
        if who is not None:
            Store(home).keep_session(who)
        capsys.readouterr()
        assert cli.main([str(one) for one in arguments]) == left
        said = capsys.readouterr()
        return said.out + said.err

    return run


def words_of(said):
    """The line of seven words."""
    return next(line for line in said.splitlines() if len(line.split()) == 7 and line.startswith("    ")).split()


def test_panama_joins_with_a_root_made_offline(says, sofia, founder, host, ana, tmp_path, monkeypatch):
    names = {"name_es": "Panamá", "name_en": "Panama", "name_fr": "Panama"}
    sofia.enlace.http.post("/api/network/authorities", {"code": "PA", "kind": "country", "membership": "member"} | names)
    root, leaf = tmp_path / "root.json", tmp_path / "root.leaf"
    said = says(None, "authority", "init", "PA", "Panamá", root, leaf)
    words = tmp_path / "words"
    words.write_text(" ".join(words_of(said)))
    monkeypatch.setenv("ENLACE_ROOT_FILE", str(words))
    assert stat.S_IMODE(root.stat().st_mode) == 0o600
    assert not any(word in root.read_text() for word in words_of(said))
    sheet = says(None, "authority", "sheet", root)
    digits = RootFile.read(root).digits
    assert "".join(digits.split()) in "".join(filter(str.isdigit, sheet))
    says(sofia.enlace, "authority", "publish", leaf)

    invited = {"username": "pia.arias", "name": "Pía Arias", "role": "focal", "authority": "PA", "languages": ["es"]}
    token = sofia.enlace.http.post("/api/authority/invitations", invited)["token"]
    pia = Enlace(host.urls[0])
    account = pia.join(token, cast.PASSWORD)
    pia.make_keys(account, RootFile.read(root).public)
    kept = tmp_path / "pia"
    kept.write_text(account.passphrase)
    monkeypatch.setenv("ENLACE_PASSPHRASE_FILE", str(kept))
    request, certificate = tmp_path / "pia.request", tmp_path / "pia.leaf"
    heard = says(pia, "authority", "request", request).strip()
    assert heard == safety.fingerprint(pia.identity.kid)
    other = heard[:-1] + ("0" if heard[-1] != "0" else "1")
    assert "other digits" in says(None, "authority", "certify", root, request, certificate, "--digits", other, left=1)
    assert not certificate.exists()
    says(None, "authority", "certify", root, request, certificate, "--digits", heard)
    says(pia, "authority", "publish", certificate)
    assert pia.sync().vouched(pia.identity.kid)

    assert not ana.enlace.sync().vouched(pia.identity.kid), "Honduras has not listed Panama"
    leaves = ana.enlace.log.replica.leaves
    hers = founder.roots["HN"]
    with pytest.raises(EnlaceError, match="wrong_root"):
        next_trust(hers, leaves, [("PA", other)], [])
    listed = next_trust(hers, leaves, [("PA", digits)], [])
    founder.focals["HN"].enlace.http.post("/api/keylog/leaves", {"leaf": b64u(listed)})
    assert ana.enlace.sync().vouched(pia.identity.kid)
    dropped = next_trust(hers, ana.enlace.log.replica.leaves, [], ["PA"])
    assert replay([*ana.enlace.log.replica.leaves, dropped], hers.public).vouched(pia.identity.kid) is False


def test_a_root_opens_with_its_words_and_is_never_overwritten(tmp_path):
    path = tmp_path / "root.json"
    made, words, _ = RootFile.create(path, "PA", "Panamá")
    assert RootFile.read(path).open(" ".join(words)).public == made.public
    with pytest.raises(EnlaceError, match="bad_passphrase"):
        RootFile.read(path).open("uno dos tres cuatro cinco seis siete")
    with pytest.raises(EnlaceError, match="file_exists"):
        RootFile.create(path, "PA", "Panamá")
    other, _, _ = RootFile.create(tmp_path / "other.json", "MX", "México")
    path.write_text(path.read_text().replace(b64u(made.public), b64u(other.public)))
    with pytest.raises(EnlaceError, match="bad_root_file"):
        RootFile.read(path).open(" ".join(words))


def test_a_request_of_an_officer_makes_no_focal_point(tmp_path, ana):
    made, words, _ = RootFile.create(tmp_path / "root.json", "HN", "Honduras")
    request = ana.enlace.certificate_request()
    with pytest.raises(EnlaceError, match="bad_leaf"):
        certify_focal(made.open(" ".join(words)), request, safety.fingerprint(ana.kid), years=1)
