"""Small parts of the look that templates repeat: icons from the sprite and avatars (docs/architecture.md, Browser)."""

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

SMALL_WORDS = frozenset({"de", "del", "la", "las", "los", "y", "da", "do", "dos", "du", "des"})


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """One symbol of liaison/icons.svg, hidden from screen readers: the text or aria-label beside it says the same."""
    return format_html(
        '<svg class="icon {}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        extra,
        static("liaison/icons.svg"),
        name,
    )


@register.simple_tag(takes_context=True)
def here(context: template.RequestContext, prefix: str) -> SafeString:
    """`aria-current="page"` when the page shown lives under the path `prefix`, else nothing."""
    path = context["request"].path if "request" in context else ""
    return format_html('aria-current="{}"', "page") if path.startswith(prefix) else SafeString("")


@register.filter
def initials(name: str) -> str:
    """ "Ana Zelaya" -> "AZ", "María de la Cruz" -> "MC": first letters of the first and the last word that count."""
    words = [word for word in str(name).split() if word.lower() not in SMALL_WORDS] or str(name).split() or ["?"]
    letters = words[0][0] + (words[-1][0] if len(words) > 1 else "")
    return letters.upper()


@register.simple_tag
def avatar(name: str, authority: str = "", extra: str = "") -> SafeString:
    """Initials over the tint of the authority, with its code. Decoration: the full name always stands beside it."""
    code = str(authority).removeprefix("x-")
    return format_html(
        '<span class="avatar {}" data-authority="{}" aria-hidden="true">{}{}</span>',
        extra,
        authority,
        initials(name),
        format_html("<small>{}</small>", code) if code else "",
    )
