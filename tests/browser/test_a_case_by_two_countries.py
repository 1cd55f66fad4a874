"""The main job in three real browsers: Ana imports a trafficking case from the official HTCDS template and refers it, Bashir
accepts for his desk, both confirm the handover and sign the closing; Carmen's board, never unlocked, follows each step."""

from datetime import datetime, timedelta
from pathlib import Path

from openpyxl import load_workbook
from playwright.sync_api import Locator, expect

TEMPLATE = Path(__file__).resolve().parents[1] / "data" / "htcds" / "template.xlsx"
FILLED = {
    "prs_FirstName": "Rosalía",
    "prs_SecondName": "PechPlantado Canul",
    "prs_Birthdate": datetime(2004, 2, 11),
    "prs_Gender": "Feminine",
    "prs_Citizenship": "Mexico",
    "vic_TypeOfExploitation": "Forced labour",
}
TAPACHULA = "Mesa de enlace Tapachula"
NAME = "Rosalía PechPlantado Canul"
CONSENT = {"value": "given", "basis": "written", "recipients": "both", "language": "es"}


def filled_template(folder: Path) -> Path:
    book = load_workbook(TEMPLATE)
    sheet = book.active
    heads = [cell.value for cell in sheet[1]]
    for name, value in FILLED.items():
        sheet.cell(row=3, column=heads.index(name) + 1, value=value)
    book.save(folder / "htcds.xlsx")
    return folder / "htcds.xlsx"


def imported(hers, path: Path) -> str:
    """-> the code of the case that the import opened."""
    hers.go("/cases/import/")
    hers.page.locator("[data-part=file]").set_input_files(path)
    expect(hers.page.locator("[data-part=preview]")).to_contain_text("PechPlantado")
    expect(hers.page.locator("[data-part=columns]")).to_contain_text("prs_MailingCity")
    hers.page.locator("[data-part=send]").click()
    link = hers.page.locator("[data-part=result] a.code")
    expect(link).to_be_visible()
    return link.inner_text()


def hours_from_now(hours: int) -> str:
    return (datetime.now() + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M")


def fill(dialog: Locator, name: str, value: str) -> None:
    """Answers one question of a dialog the way a person does, whatever control it is asked with."""
    field = dialog.locator(f'[data-field="{name}"]')
    match field.get_attribute("data-type"):
        case "post":
            field.locator("select").select_option(label=value)
        case "keys":
            field.locator("label", has_text=value).locator("input").check()
        case "moment":
            field.locator("input").fill(value)
        case _ if field.locator("select").count():
            field.locator("select").select_option(value)
        case _:
            field.locator(f'input[value="{value}"]').check()


class AtTheCase:
    """One officer with the case open, who signs what the page offers."""

    def __init__(self, window, code: str) -> None:
        self.window, self.page = window, window.page
        window.go(f"/cases/{code}/")

    def signs(self, dialog_id: str, **answers: str) -> None:
        """Opens the dialog (once the page offers it: it follows the case by itself), answers, signs."""
        opener = self.page.locator(f'[data-opens="{dialog_id}"]').first
        expect(opener).to_be_attached()
        self.page.wait_for_load_state("load")  # the page's modules listen from then on
        if not opener.is_visible():
            opener.locator("xpath=ancestor::details[1]/summary").click()
        opener.click()
        dialog = self.page.locator(f"dialog#{dialog_id}")
        expect(dialog).to_be_visible()
        if dialog.locator("[data-refs-all]").count():
            dialog.locator("[data-refs-all]").click()
        for name, value in answers.items():
            fill(dialog, name, value)
        self._sign(dialog)

    def states(self, name: str, value: str, basis: str, **answers: str) -> None:
        """A fact that the next gate asks for."""
        self.signs(f"fact-{name}", value=value, basis=basis, **answers)

    def signs_the_closing(self) -> None:
        self._sign(self.page.locator('form[data-act="close.sign"]'))

    def _sign(self, form: Locator) -> None:
        version = self.page.locator("[data-case]").get_attribute("data-version")
        form.locator("[data-sign]").click()
        moved = self.page.locator(f'[data-case]:not([data-version="{version}"])')
        refused = self.page.locator(".error:visible")
        expect(moved.or_(refused).first).to_be_visible()
        assert not refused.count(), refused.all_inner_texts()


def test_a_trafficking_case_from_the_template_to_two_signatures(window, ana, bashir, carmen, tmp_path):
    board, hers, his = window(carmen, unlocked=False), window(ana), window(bashir)
    board.go("/cases/")
    code = imported(hers, filled_template(tmp_path))
    row = board.page.locator(f'tr[data-code="{code}"]')
    stage = row.locator('[data-part="stage_label"]')
    expect(stage).to_have_text("Detección")
    case = AtTheCase(hers, code)
    expect(case.page.locator('[data-sealed="P1/name"]')).to_have_text(NAME)

    case.states("screened", "safe", "interview")
    expect(stage).to_have_text("Evaluada y a salvo")
    case.states("status", "actual", "act_means_purpose", decided_by="government")
    case.states("protection", "shelter", "assessment")
    case.states("reflection", "waived", "person_choice")
    case.states("consent", purpose="assistance", **CONSENT)
    case.states("consent", purpose="sharing", **CONSENT)
    case.states("risk", "low", "interview", where="host")
    case.signs("act-referral-propose", post=TAPACHULA, purpose="reception", due=hours_from_now(48))
    expect(row).to_contain_text("México")

    theirs = AtTheCase(his, code)
    expect(theirs.page.locator("[data-case]")).to_have_attribute("data-sight", "status")
    assert "PechPlantado" not in his.page.content(), "before it accepted the desk sees where the case stands and no name"
    theirs.signs("act-referral-accept", officers="Bashir Haddad")
    # Ana's open page hears of it and brings the desk in by itself; his opens by itself, too.
    expect(case.page.locator("[data-conversation]")).to_contain_text("2 miembros")
    expect(theirs.page.locator('[data-sealed="P1/name"]')).to_have_text(NAME)

    theirs.states("risk", "managed", "partner", where="destination")
    case.states("solution", "return", "person_choice")
    theirs.states("nationality", "confirmed", "registry")
    theirs.states("document", "issued", "safe_conduct")
    case.states("consent", purpose="return", **CONSENT)
    case.states("proceedings", "none", "prosecutor")
    theirs.states("reception", "named", "shelter")
    case.signs("act-plan", post=TAPACHULA, depart_at=hours_from_now(30), arrive_at=hours_from_now(36), transport="plane")
    case.signs("act-depart", post=TAPACHULA)
    case.signs("act-handover-give", post=TAPACHULA)
    expect(row).to_contain_text("México")
    theirs.signs("act-handover-receive", post=TAPACHULA)
    expect(stage).to_have_text("Recepción con segunda firma")

    theirs.states("reintegration", "agreed", "assessment")
    theirs.states("monitoring", "done", "visit")
    case.signs("act-close-propose", outcome="reintegrated")
    expect(row).to_contain_text("firma")
    theirs.signs_the_closing()
    expect(row).to_have_count(0)

    for one in (board, hers, his):
        assert not [said for said in one.sent if "PechPlantado" in said], "the name left a browser unsealed"
    expect(board.page.locator("html[data-seal=locked]")).to_have_count(1)
