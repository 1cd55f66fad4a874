"""What may stand in a page that a host sends: status, names, forms; nothing that runs but scripts of the release, nothing that
leads or sends anywhere else. `enlace open` shows a page only if it is so, written anew from what was read; `enlace verify-site`
tells what is not (docs/adr/0023).

A list of what is allowed, never of what is forbidden: what this does not know is a finding."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser

from client.site import Manifest


def _words(*lines: str) -> frozenset[str]:
    return frozenset(" ".join(lines).split())


VOID = _words("br hr img input link meta")
ALONE = _words("li option p")  # whose end may be left out
TAGS = VOID | _words(
    "a article aside b body button code dd details dialog div dl dt em fieldset figcaption figure footer form h1 h2 h3 h4 head",
    "header html i kbd label legend li main nav ol optgroup option output p progress script section select small span strong",
    "summary svg table tbody td template textarea tfoot th thead time title tr ul use",
)
ATTRIBUTES = _words(
    "accept autocapitalize autocomplete autocorrect autofocus charset checked class colspan content datetime dir disabled",
    "enterkeyhint focusable for height hidden high id inputmode label lang list low max maxlength media method min minlength",
    "multiple novalidate open optimum pattern placeholder readonly rel required role rows rowspan scope selected size spellcheck",
    "step tabindex title translate type value viewbox width wrap",
)
MAY_BE_NAMED = _words(
    "input select textarea button meta"
)  # a named form or picture would hide a part of the document from scripts
NAMED = re.compile(r"(data|aria)-[a-z0-9-]+")
META = _words("viewport color-scheme theme-color csrf robots session officer")
WITHIN = re.compile(r"|[#?][^\x00-\x20\\]*|/(?![/\\])[^\x00-\x20\\]*|otpauth://totp/[^\x00-\x20\\<>]*")  # "" is the page itself
CSRF = "csrfmiddlewaretoken"
SENT: Mapping[tuple[str, str], frozenset[str]] = {  # forms that a browser sends by itself, and what they may ask
    ("post", "/signin/"): _words(CSRF, "username password"),
    ("post", "/signin/otp/"): _words(CSRF, "code"),
    ("post", "/signout/"): _words(CSRF),
    ("post", "/language/"): _words(CSRF, "next language"),
    ("post", "/me/password/"): _words(CSRF, "current new code"),
    ("post", "/me/code-app/"): _words(CSRF, "code new_code"),
    ("get", "/cases/"): _words("kind stage partner post officer waiting overdue closed"),
}
CHOSEN = _words("checkbox hidden radio submit")  # nothing typed stands in an address

Attributes = dict[str, str]


@dataclass(frozen=True)
class Page:
    """`html`: the page written anew, of what is allowed. `findings`: a sentence for everything else; of a page with one, nothing
    should be shown."""

    html: str
    findings: tuple[str, ...]


def read(html: str, path: str, manifest: Manifest) -> Page:
    """`path`: where the page stands; a form without an address sends there."""
    reader = _Reader(path, manifest)
    reader.feed(html)
    reader.close()
    reader.end()
    return Page("<!doctype html>" + "".join(reader.written), tuple(reader.findings))


@dataclass
class _Form:
    """The form that is open. `asks`: the names that it may send; None where scripts handle it and the browser sends nothing."""

    asks: frozenset[str] | None
    typed: bool  # whether it may ask for text
    open: list[str] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self, path: str, manifest: Manifest) -> None:
        super().__init__(convert_charrefs=True)
        self.path, self.manifest = path, manifest
        self.written: list[str] = []
        self.findings: list[str] = []
        self.form: _Form | None = None
        self.script = ""  # which sort is open: "file", "data" or "refused"

    def found(self, sentence: str) -> None:
        if sentence not in self.findings:
            self.findings.append(sentence)

    def end(self) -> None:
        if self.form or self.script:
            self.found("a form or script that does not end")

    # --- What html.parser reads ------------------------------------------------------------------------------------------

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given: Attributes = {}
        for name, value in attrs:
            given.setdefault(name, value or "")  # of two the browser takes the first
        if tag not in TAGS:
            self.found(f"<{tag}>")
            return
        kept = self._attributes(tag, given)
        if tag == "script":
            self.script = self._script(kept, given)
            if self.script == "refused":
                return
        elif tag == "form":
            self._form(kept, given)
        elif self.form is not None:
            self._inside(self.form, tag, kept)
        self.written.append("".join((f"<{tag}", *(f' {name}="{escape(value)}"' for name, value in kept.items()), ">")))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag in TAGS and tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in TAGS or tag in VOID:
            return
        if tag == "script":
            refused, self.script = self.script not in ("file", "data"), ""
            if refused:
                return
        elif tag == "form":
            self._form_ends()
        elif self.form is not None and tag not in ALONE and (not self.form.open or self.form.open.pop() != tag):
            self.found("a form that is not well formed")
        self.written.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if self.cdata_elem is None:
            self.written.append(escape(data, quote=False))
        elif self.script == "data" and "<" not in data:
            self.written.append(data)
        elif data.strip():
            self.found(f"code written into the page: {data.strip()[:60]}")

    def handle_decl(self, decl: str) -> None:
        if decl.lower() != "doctype html":
            self.found(f"<!{decl[:60]}>")

    def handle_pi(self, data: str) -> None:
        self.found(f"<?{data[:60]}>")

    def unknown_decl(self, data: str) -> None:
        self.found(f"<![{data[:60]}")

    # --- What is allowed -------------------------------------------------------------------------------------------------

    def _attributes(self, tag: str, given: Attributes) -> Attributes:
        kept = {}
        for name, value in given.items():
            if (
                name in ATTRIBUTES
                or NAMED.fullmatch(name)
                or self._leads(tag, name, value)
                or (name == "name" and tag in MAY_BE_NAMED)
            ):
                kept[name] = value
            elif not (tag == "form" and name == "action"):
                self.found(f"{name}={value[:80]!r} on <{tag}>")
        if tag == "meta" and not ("charset" in kept or kept.get("name") in META):
            self.found(f"<meta {' '.join(f'{name}={value[:60]!r}' for name, value in given.items())}>")
            return {}
        return kept

    def _leads(self, tag: str, name: str, value: str) -> bool:
        """Links stay within the host; what is loaded is a file of the release."""
        if (tag, name) == ("a", "href"):
            return WITHIN.fullmatch(value) is not None
        if (tag, name) in (("link", "href"), ("use", "href"), ("img", "src"), ("script", "src")):
            return value.partition("#")[0] in self.manifest.files
        return False

    def _script(self, kept: Attributes, given: Attributes) -> str:
        """A file of the release, or data that no browser runs; else refused."""
        sort = kept.get("type", "")
        if "src" in kept and sort in ("", "module"):
            return "file"
        if "src" not in given and sort == "application/json":
            return "data"
        self.found(f"a script that is not of the release: {given.get('src') or 'written into the page'}")
        return "refused"

    def _form(self, kept: Attributes, given: Attributes) -> None:
        """What a browser sends by itself is one of a few forms. Every other is handled by scripts of the release; should none
        take it up, method=dialog sends nothing."""
        if self.form is not None:
            self.found("a form in a form")
        method = given.get("method", "").lower()
        target = given.get("action") or self.path
        asks = SENT.get((method, target))
        if asks is None and (method in ("get", "post") or "action" in given):
            self.found(f"a form that sends to {target[:80]}")
        kept["method"] = method if asks is not None else "dialog"
        if asks is not None:
            kept["action"] = target
        self.form = _Form(asks, typed=method == "post")

    def _inside(self, form: _Form, tag: str, kept: Attributes) -> None:
        if tag not in VOID and tag not in ALONE:
            form.open.append(tag)
        if form.asks is None or tag not in ("input", "select", "textarea", "button"):
            return
        typed = tag == "textarea" or (tag == "input" and kept.get("type", "text").lower() not in CHOSEN)
        if (typed and not form.typed) or ("name" in kept and kept["name"] not in form.asks):
            self.found(f"a form of {self.path} that asks for {kept.get('name', 'something')[:80]}")

    def _form_ends(self) -> None:
        """Elements that overlap a form could hand it fields that stand behind its end."""
        if self.form is None or self.form.open:
            self.found("a form that is not well formed")
        self.form = None
