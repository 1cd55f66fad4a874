"""Ana shares a photo and a list from her browser. What her camera wrote into the photo stays with her."""

import base64
import re

import pytest
from playwright.sync_api import expect

PLACE = b"14.0723N 87.1921W PalabraPlantada"
EXIF = b"Exif\x00\x00MM\x00*" + PLACE
XMP = b"http://ns.adobe.com/xap/1.0/\x00<x:xmpmeta>" + PLACE
DRAWN = """async () => {
  const canvas = new OffscreenCanvas(900, 600);
  const brush = canvas.getContext("2d");
  brush.fillStyle = "#156d7a";
  brush.fillRect(0, 0, 900, 600);
  const bytes = new Uint8Array(await (await canvas.convertToBlob({ type: "image/jpeg" })).arrayBuffer());
  return btoa(String.fromCharCode(...bytes));
}"""


def segment(marker: int, data: bytes) -> bytes:
    return bytes((0xFF, marker)) + (len(data) + 2).to_bytes(2, "big") + data


def photographed(page) -> bytes:
    """A photo as a telephone makes it: with place and time in EXIF and XMP, and something after its end."""
    plain = base64.b64decode(page.evaluate(DRAWN))
    assert plain[:2] == b"\xff\xd8"
    return plain[:2] + segment(0xE1, EXIF) + segment(0xE1, XMP) + segment(0xFE, PLACE) + plain[2:] + PLACE


@pytest.fixture
def room(ana, bashir):
    return ana.enlace.create_channel("corridor", {bashir.kid: "o"}, "Fotos")


def chosen(hers, name: str, mime: str, data: bytes) -> None:
    expect(hers.page.locator("[data-conversation] [data-part=text]")).to_be_visible()
    hers.page.set_input_files("[data-conversation] [data-part=files]", [{"name": name, "mimeType": mime, "buffer": data}])


def test_the_place_stays_with_ana_and_bashir_sees_the_picture(window, room, ana, bashir, tmp_path):
    hers = window(ana)
    hers.go(f"/channels/{room.id}/")
    photo = photographed(hers.page)
    assert PLACE in photo
    chosen(hers, "IMG_0001.jpg", "image/jpeg", photo)
    hers.page.fill("[data-conversation] [data-part=text]", "La unidad, esta mañana")
    hers.page.click("[data-conversation] [data-part=send]")
    expect(hers.page.locator(".message .picture img")).to_be_visible()
    his = window(bashir)
    his.go(f"/channels/{room.id}/")
    message = his.page.locator(".message", has_text="La unidad, esta mañana")
    expect(message.locator("img")).to_have_js_property("complete", True)
    message.locator(".picture").click()
    expect(his.page.locator("#picture img")).to_have_js_property("naturalWidth", 900)
    rows = [row for row in bashir.enlace.room(room.id).opened() if row.event.kind == 6]
    bashir.enlace.room(room.id).fetch(rows[0].n, tmp_path / "foto.jpg")
    opened = (tmp_path / "foto.jpg").read_bytes()
    assert opened[:3] == b"\xff\xd8\xff"
    for trace in (PLACE, b"Exif", b"xmpmeta", b"IMG_0001"):
        assert trace not in opened


def test_a_list_is_only_ever_saved_and_a_lying_name_is_told(window, room, ana, bashir):
    hers, his = window(ana), window(bashir)
    hers.go(f"/channels/{room.id}/")
    page = b"<script>document.title = 'run'</script>"
    chosen(hers, "lista.html", "text/html", page)
    chosen(hers, "acta.pdf", "application/pdf", b"MZ\x90\x00 not a pdf")
    expect(hers.page.locator(".attached[data-state=here]")).to_have_count(2)
    hers.page.click("[data-conversation] [data-part=send]")
    his.go(f"/channels/{room.id}/")
    cards = his.page.locator(".file-card")
    expect(cards).to_have_count(2)
    with his.page.expect_download() as saved:
        cards.filter(has_text="lista.html").get_by_role("button").click()
    assert saved.value.suggested_filename == "lista.html"
    assert saved.value.path().read_bytes() == page
    cards.filter(has_text="acta.pdf").get_by_role("button").click()
    expect(his.page.locator("#confirm")).to_contain_text("no es lo que dice su nombre")
    with his.page.expect_download() as saved:
        his.page.click("[data-confirm-yes]")
    assert saved.value.suggested_filename == "acta.pdf.bin"


def test_a_picture_that_cannot_be_read_here_is_not_sent(window, room, ana):
    """A HEIC of a telephone: nobody here can take the place out of it."""
    hers = window(ana)
    hers.go(f"/channels/{room.id}/")
    chosen(hers, "IMG_0002.heic", "", b"\x00\x00\x00\x18ftypheic" + PLACE)
    expect(hers.page.locator(".toast")).to_contain_text("lo que la cámara escribió")
    expect(hers.page.locator(".attached")).to_have_count(0)
    chosen(hers, "nota.txt", "text/plain", b"Llegaron 41")
    expect(hers.page.locator(".attached")).to_have_count(1)
    hers.page.get_by_role("button", name=re.compile("No enviar nota.txt")).click()
    expect(hers.page.locator(".attached")).to_have_count(0)
