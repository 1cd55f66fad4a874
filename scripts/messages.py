"""Translations without GNU gettext: compiles every .po to .mo with polib, writes the browser's catalogues, and lists
what is not translated (`python scripts/messages.py check`; a test runs the same)."""

import json
import re
import sys
from collections import defaultdict
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ("es", "fr")
CATALOGUES = ROOT / "build" / "static" / "i18n"

PYTHON_CALL = re.compile(r"\b(?:_|gettext|gettext_lazy|gettext_noop|ngettext|ngettext_lazy|pgettext|pgettext_lazy)\(")
JS_CALL = re.compile(r"(?<![\w.$])(?:t|tn)\(\s*((?:\"(?:[^\"\\]|\\.)*\"(?:\s*\+\s*)?)+)(?:\s*,\s*(\"(?:[^\"\\]|\\.)*\"))?")


def catalogues() -> list[Path]:
    return sorted(ROOT.glob("*/locale/*/LC_MESSAGES/*.po"))


def compile_all() -> None:
    """Writes a .mo beside each .po that is newer, and build/static/i18n/<lang>.js for the browser."""
    for source in catalogues():
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            polib.pofile(str(source)).save_as_mofile(str(target))
    CATALOGUES.mkdir(parents=True, exist_ok=True)
    for language in ("en", *LANGUAGES):
        text = json.dumps(browser_catalogue(language), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        target = CATALOGUES / f"{language}.js"
        content = f"globalThis.enlaceCatalogue={text};\n"
        if not target.exists() or target.read_text(encoding="utf-8") != content:
            target.write_text(content, encoding="utf-8")


def browser_catalogue(language: str) -> dict[str, str | list[str]]:
    """{msgid: translation, or [one, many] where the msgid has a plural}."""
    strings: dict[str, str | list[str]] = {}
    for source in sorted(ROOT.glob(f"*/locale/{language}/LC_MESSAGES/djangojs.po")):
        for entry in polib.pofile(str(source)):
            if entry.obsolete or not entry.translated():
                continue
            strings[entry.msgid] = (
                [entry.msgstr_plural[form] for form in sorted(entry.msgstr_plural)] if entry.msgid_plural else entry.msgstr
            )
    return strings


def _string_arguments(source: str, start: int) -> list[str]:
    """The leading string literals of a call whose "(" ends at `start`: ["msgid"] or, for ngettext, ["one", "many"]."""
    literal = re.compile(r"\s*((?:[rf]?(?:\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*')\s*)+),?", re.S)
    found, position = [], start
    while match := literal.match(source, position):
        found.append(str(eval("(" + match.group(1) + ")", {})))
        position = match.end()
    return found


def used_in_python(path: Path) -> set[str]:
    source = path.read_text(encoding="utf-8")
    found = set()
    for call in PYTHON_CALL.finditer(source):
        arguments = _string_arguments(source, call.end())
        if arguments:
            found.add(arguments[1] if "pgettext" in call.group() else arguments[0])
    return found


def used_in_template(path: Path) -> set[str]:
    from django.utils.translation.template import templatize

    pythonish = templatize(path.read_text(encoding="utf-8"))
    return {
        arguments[0]
        for call in re.finditer(r"\b(?:_|gettext|ngettext)\(", pythonish)
        if (arguments := _string_arguments(re.sub(r"\bu'", " '", pythonish), call.end()))
    }


def used_in_javascript(path: Path) -> set[str]:
    found = set()
    for call in JS_CALL.finditer(path.read_text(encoding="utf-8")):
        parts = re.findall(r"\"(?:[^\"\\]|\\.)*\"", call.group(1))
        found.add("".join(json.loads(part) for part in parts))
    return found


def used() -> dict[str, dict[str, set[str]]]:
    """{"django" | "djangojs": {msgid: {files that use it}}}."""
    places: dict[str, dict[str, set[str]]] = {"django": defaultdict(set), "djangojs": defaultdict(set)}
    for app in ("config", "liaison", "messaging", "cases", "realtime"):
        for path in (ROOT / app).rglob("*.py"):
            if "migrations" not in path.parts:
                for msgid in used_in_python(path):
                    places["django"][msgid].add(str(path.relative_to(ROOT)))
        for path in (ROOT / app / "static").rglob("*.js"):
            for msgid in used_in_javascript(path):
                places["djangojs"][msgid].add(str(path.relative_to(ROOT)))
    for path in (ROOT / "templates").rglob("*.*"):
        for msgid in used_in_template(path):
            places["django"][msgid].add(str(path.relative_to(ROOT)))
    for row in json.loads((ROOT / "sealed" / "errors.json").read_text(encoding="utf-8")).values():
        for domain in ("django", "djangojs"):
            places[domain][row["en"]].add("sealed/errors.json")
        if "read" in row:
            places["djangojs"][row["read"]].add("sealed/errors.json")
    return places


def translated(language: str, domain: str) -> set[str]:
    from django.conf import locale as django_locale

    files = list(ROOT.glob(f"*/locale/{language}/LC_MESSAGES/{domain}.po"))
    files += list(Path(django_locale.__file__).parent.glob(f"{language}/LC_MESSAGES/{domain}.po"))
    done: set[str] = set()
    for path in files:
        done |= {entry.msgid for entry in polib.pofile(str(path)) if entry.translated() and not entry.obsolete}
    return done


def missing() -> list[tuple[str, str, str, str]]:
    """[(language, domain, msgid, a file that uses it)] for every string that has no translation."""
    rows = []
    for domain, strings in used().items():
        for language in LANGUAGES:
            done = translated(language, domain)
            rows += [(language, domain, msgid, sorted(files)[0]) for msgid, files in strings.items() if msgid not in done]
    return sorted(rows)


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    if "check" in sys.argv:
        absent = missing()
        for row in absent:
            print("\t".join(row))
        print(f"{len(absent)} strings without a translation")
        sys.exit(1 if absent else 0)
    compile_all()
