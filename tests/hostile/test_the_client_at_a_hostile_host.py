"""Bashir's command line at a host that lies (tests/hostile/tricks.py): what was tampered with is named, the rest is read, and
nothing is blank."""

import pytest

from client import cli
from client.enlace import Enlace
from client.live import Live
from client.store import Store
from sealed.errors import EnlaceError
from tests.hostile.proxy import Proxy
from tests.hostile.tricks import FRAMES, LIES, Lie, OnTheLine, OtherVault, Scene, Shown, play, vaults

pytestmark = pytest.mark.outside


@pytest.fixture(scope="module")
def scene(network) -> Scene:
    return play(*(network[name] for name in ("ana", "bashir", "carmen", "ines", "fernando")), "Corredor hostil")


@pytest.fixture(scope="module")
def line(host):
    proxy = Proxy(host.urls[0])
    yield proxy
    proxy.close()


@pytest.fixture
def his(line, bashir):
    """Bashir's client on the line, on a machine that remembers nothing. `his()` makes another."""

    def client() -> Enlace:
        enlace = Enlace(line.url)
        enlace.http.take_cookies(bashir.enlace.http.cookies())
        enlace.unlock(bashir.account.passphrase)
        return enlace

    return client


@pytest.mark.parametrize("name", LIES)
def test_every_lie_ends_as_the_table_says(name, scene, line, his):
    lie = LIES[name]
    enlace = his()
    if lie.seen_before:
        assert enlace.room(scene.id).texts() == [*scene.words.values()]
    trick = Shown(scene, lie)
    with line.lying(trick):
        if lie.for_browsers:
            assert enlace.room(scene.id).texts() == [*scene.words.values()]
        elif lie.refused or lie.stops:
            with pytest.raises(EnlaceError) as refused:
                enlace.room(scene.id)
            assert refused.value.code == (lie.refused or lie.stops[1])
            assert lie.stops is None or refused.value.more["n"] == lie.stops[0]
        else:
            reads(enlace.room(scene.id), lie, scene)
    assert trick.told, "the lie must have been told"
    assert his().room(scene.id).texts() == [*scene.words.values()], "and nothing of it stays"


def reads(room, lie: Lie, scene: Scene) -> None:
    rows = room.opened()
    if lie.closed:
        assert {row.code for row in rows if row.n in scene.words} == {"missing_epoch_key"}
        assert [(key.display, code) for key, code in room.bad_grants] == 2 * [("Ana Zelaya", lie.closed)]
        return
    assert {row.n: row.code for row in rows if row.code} == lie.rows
    held = room.texts()
    assert {*held} <= {*scene.words.values(), *scene.earlier}
    assert len(held) >= len(scene.words) - len([n for n in lie.rows if n in scene.words]) - (1 if lie.rows.get(10) else 0)
    assert room.forked == ({scene.people[lie.forked].kid} if lie.forked else set())
    assert scene.people["fernando"].kid not in room.state.members


async def test_every_bent_frame_is_named_or_mended(scene, line, his, ana):
    hers = ana.enlace.create_channel("corridor", {his().identity.kid: "w"}, "Línea en vivo")
    room = his().room(hers.id)
    async with Live(room.enlace) as live:
        await live.next("hello")
        for name, (bend, code) in FRAMES.items():
            trick = OnTheLine(hers.id, lambda told, bend=bend: bend(scene, told))
            hers.post("antes")
            await live.follow(room, len(room.rows) + 1)
            assert room.opened()[-1].text == "antes", "the same line carries the truth"
            with line.lying(trick):
                hers.post(name)
                await live.follow(room, len(room.rows) + 1)
            row = room.opened()[-1]
            assert trick.told, "the lie must have been told"
            assert (row.code, row.text) == (code, "" if code else name)
            if code == "wrong_channel":
                break  # another event in this place is another past from here on
    assert his().room(hers.id).texts()[-1] == "a frame of another channel", "nothing was lost"


def test_no_other_vault_is_opened(line, his, bashir, ana, tmp_path):
    store = Store(tmp_path)
    earlier = bashir.enlace.http.get("/api/me")
    enlace = his()
    enlace.save_pins()
    store.keep_vault(enlace)
    own, foreign = bashir.enlace.http.get("/api/me"), ana.enlace.http.get("/api/me")
    assert own["vault"] != earlier["vault"]
    for given, code in vaults(own, earlier, foreign).values():
        his_own = Enlace(line.url)
        his_own.http.take_cookies(bashir.enlace.http.cookies())
        store.unlock(his_own, bashir.account.passphrase)
        with line.lying(OtherVault(given)):
            again = Enlace(line.url)
            again.http.take_cookies(bashir.enlace.http.cookies())
            with pytest.raises(EnlaceError, match=code):
                store.unlock(again, bashir.account.passphrase)


def test_the_command_line_says_what_happened_and_what_to_do(scene, line, bashir, tmp_path, monkeypatch, capsys):
    words = tmp_path / "words"
    words.write_text(bashir.account.passphrase)
    monkeypatch.setenv("ENLACE_PASSPHRASE_FILE", str(words))

    def says(*arguments: str) -> tuple[int, str]:
        home = tmp_path / str(len(list(tmp_path.iterdir())))  # a machine without memory each time
        home.mkdir()
        monkeypatch.setenv("ENLACE_HOME", str(home))
        enlace = Enlace(line.url)
        enlace.http.take_cookies(bashir.enlace.http.cookies())
        Store(home).keep_session(enlace)
        capsys.readouterr()
        left = cli.main(arguments)
        said = capsys.readouterr()
        return left, said.out + said.err

    assert says("read", scene.id)[1].count("Llegaron 41 personas.") == 1
    with line.lying(Shown(scene, LIES["a message altered"])):
        _, said = says("read", scene.id)
    assert "[bad_hash] This message was changed after its author signed it" in said
    assert "Llegaron 41 personas." in said
    with line.lying(Shown(scene, LIES["an officer of another country adds himself"])):
        left, said = says("read", scene.id)
        listed = says("list")[1]
    assert left == 1
    assert "From position 14 on this channel is not shown." in said
    assert "From position 14" in listed
    assert "Corredor hostil (otro)" in listed, "one channel that was tampered with does not hide the others"
    with line.lying(Shown(scene, LIES["keys withheld"])):
        assert "a key that Ana Zelaya gave you for this channel did not arrive" in says("read", scene.id)[1]
    with line.lying(Shown(scene, LIES["another order told to Bashir than to Carmen"])):
        assert "Carmen Lobo signed another past of this channel" in says("read", scene.id)[1]
