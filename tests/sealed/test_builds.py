"""Which releases of the pages a key log announces. The same logs are read in JavaScript (tests/js/builds.test.js)."""

import pytest

from sealed import keylog
from tests.sealed import make_builds
from tests.sealed.make_builds import LOGS, ONE, TWO

LAWFUL = {
    "two releases": ["0.1", "0.2"],
    "the same manifest again, after another": ["0.1", "0.2", "0.1"],
    "two release keys, each with its own list": ["0.1", "0.1", "0.2"],
}
REFUSED_FROM = {
    "a second first release": 1,
    "the first one again": 1,
    "two that follow the same": 2,
    "one that follows another key's": 1,
}


@pytest.mark.parametrize("name", LAWFUL)
def test_a_lawful_list_of_releases_is_taken(name):
    directory = keylog.replay(LOGS[name]())
    assert [build.version for _, build in directory.builds] == LAWFUL[name]
    assert directory.rejected == {}


@pytest.mark.parametrize("name", [name for name in LOGS if name not in LAWFUL])
def test_a_release_that_does_not_follow_is_refused(name):
    assert list(keylog.replay(LOGS[name]()).rejected.items()) == [(REFUSED_FROM.get(name, 0), "bad_leaf")]


def test_of_several_releases_the_last_of_that_key_is_the_newest():
    directory = keylog.replay([ONE, make_builds.build("9.9", by="another"), TWO])
    key = directory.builds[0][1].public
    assert directory.newest_build(key).version == "0.2"
    assert directory.newest_build(bytes(32)) is None


def test_the_shared_file_is_what_the_logs_say():
    assert make_builds.TARGET.read_text(encoding="utf-8") == make_builds.text()
