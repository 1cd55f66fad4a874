"""Tags that every template may use."""

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def page_script(name: str) -> SafeString:
    """{% page_script "messaging/channel_page" %}: the bundled module of a page, as an external script under the CSP."""
    return format_html('<script type="module" src="{}"></script>', static(f"build/js/{name}.js"))
