"""The Content-Security-Policy of every page: nothing but our own files, no inline code, no eval, no WebAssembly.

A cross-site script would read everything the officer can open, so Trusted Types are required: text reaches the page
by textContent, and only the policy named "enlace" may make a script URL for a worker.
"""

from csp.constants import NONE, SELF

DIRECTIVES: dict[str, object] = {
    "default-src": [NONE],
    "script-src": [SELF],
    "style-src": [SELF],
    "img-src": [SELF, "blob:"],
    "font-src": [SELF],
    "connect-src": [SELF],
    "worker-src": [SELF],
    "manifest-src": [SELF],
    "base-uri": [NONE],
    "form-action": [SELF],
    "frame-ancestors": [NONE],
    "object-src": [NONE],
    "require-trusted-types-for": ["'script'"],
    "trusted-types": ["enlace"],
}
