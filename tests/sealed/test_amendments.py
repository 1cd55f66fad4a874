"""Who may change what was said, and what a message has become. The same talks run in JavaScript (tests/js/sealed.test.js)."""

import pytest

from tests.sealed import make_messages
from tests.sealed.amendments import STANDINGS, TALKS, told, verdict


@pytest.mark.parametrize("newest_first", [False, True], ids=["as read from the start", "newest page first"])
@pytest.mark.parametrize("name", TALKS)
def test_an_unlawful_amendment_is_refused(name, newest_first):
    lawful, attack, code = TALKS[name]
    assert verdict(lawful, newest_first=newest_first) is None, "the lawful twin must stand for the attack to mean anything"
    assert verdict(attack, newest_first=newest_first) == code


@pytest.mark.parametrize("newest_first", [False, True], ids=["as read from the start", "newest page first"])
@pytest.mark.parametrize("name", STANDINGS)
def test_what_a_message_has_become(name, newest_first):
    lines, line, standing = STANDINGS[name]
    assert told(lines, line, newest_first=newest_first) == standing


def test_the_shared_file_is_what_the_talks_say():
    assert make_messages.TARGET.read_text(encoding="utf-8") == make_messages.text()
