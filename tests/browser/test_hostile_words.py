"""What a colleague writes is shown and never run: titles, messages, file names, names of persons and of people."""

import secrets

import pytest
from playwright.sync_api import expect

from tests import cast

RUNS = "window.ran = (window.ran || 0) + 1"
HOSTILE = (
    f'<img src=x onerror="{RUNS}">',
    f"<script>{RUNS}</script>",
    f'"><svg onload="{RUNS}">',
    f"javascript:{RUNS}",
    "{{ constructor.constructor('" + RUNS + "')() }}",
    '</textarea></template><iframe srcdoc="<script>parent.ran = 1</script>">',
)


@pytest.fixture
def mala(founder):
    """An officer of Guatemala whose very name is hostile: the focal point signed it."""
    username = f"mala.{secrets.token_hex(4)}"
    return founder.invite("GT", username, 'Mala <b onmouseover="window.ran=1">Fe</b>', cast.PASSWORD, languages=["es"])


def ran(page):
    return page.evaluate("window.ran || 0")


def test_nothing_that_a_colleague_writes_runs_in_anas_page(window, ana, mala, tmp_path):
    room = mala.enlace.create_channel("corridor", {ana.kid: "w"}, HOSTILE[0])
    for words in HOSTILE:
        room.post(words)
    paper = tmp_path / '"><img src=x onerror=window.ran=1>.html'
    paper.write_text(f"<script>{RUNS}</script>")
    room.attach(paper, HOSTILE[1], mime="text/html")
    hers = window(ana)
    said: list[str] = []
    hers.page.on("console", lambda message: said.append(message.text))
    hers.go(f"/channels/{room.id}/")
    expect(hers.page.locator("[data-part=title]")).to_have_text(HOSTILE[0])
    expect(hers.page.locator(".message .bubble", has_text="constructor.constructor")).to_be_visible()
    shown = hers.page.locator(".message .bubble").all_inner_texts()
    assert [words for words in HOSTILE if not any(words in text for text in shown)] == []
    expect(hers.page.locator(".file-card")).to_contain_text("onerror=window.ran=1")
    hers.page.locator("[data-part=people]").click()
    expect(hers.page.locator("#members")).to_contain_text('Mala <b onmouseover="window.ran=1">Fe</b>')
    hers.page.locator("#members .member").first.hover()
    hers.go("/directory/")
    expect(hers.page.locator("main")).to_contain_text("Mala <b")
    assert ran(hers.page) == 0
    assert not [text for text in said if "Content Security Policy" in text or "TrustedHTML" in text]


def test_the_page_would_not_run_it_even_if_it_got_in(window, ana):
    """The lawful twin of the walls: markup that a bug let into the page is refused by the policy, and the test sees that."""
    hers = window()
    hers.go("/signin/")
    refused = hers.page.evaluate(
        """() => new Promise((done) => {
          addEventListener("securitypolicyviolation", ({ effectiveDirective }) => done(effectiveDirective));
          try { document.body.innerHTML = "<img src=x onerror='window.ran=1'>"; } catch (error) { done(error.name); }
        })"""
    )
    assert refused in ("TypeError", "require-trusted-types-for")
    assert ran(hers.page) == 0
    hers.wrong.clear()  # what was provoked here
