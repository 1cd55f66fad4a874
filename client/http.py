"""One session with the host, as a browser has it: cookies, CSRF, JSON, refusals as EnlaceError."""

import functools
import ssl
from typing import Any

import httpx

from sealed.errors import CODES, EnlaceError


@functools.cache
def _trusted() -> ssl.SSLContext:
    """What httpx trusts by itself, read once: reading the certificates of all authorities costs a tenth of a second."""
    return httpx.create_ssl_context()


class Http:
    """`base_url` such as http://localhost:8000. Answers are JSON objects; a refusal raises EnlaceError with its code, with
    `fields` where a form was refused and `retry_after` (s) where the host asks to wait."""

    def __init__(self, base_url: str, *, language: str = "es", timeout: float = 30.0) -> None:
        self.base_url = base_url.rstrip("/")
        headers = {"Accept-Language": language, "Origin": self.base_url, "Referer": self.base_url + "/"}
        self.session = httpx.Client(
            base_url=self.base_url, headers=headers, timeout=timeout, follow_redirects=False, verify=_trusted()
        )

    def close(self) -> None:
        self.session.close()

    def cookie_header(self) -> str:
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.session.cookies.jar)

    def cookies(self) -> list[list[str]]:
        """[[name, value]] to go on with later."""
        return [[cookie.name, cookie.value or ""] for cookie in self.session.cookies.jar]

    def take_cookies(self, kept: list[list[str]]) -> None:
        for name, value in kept:
            self.session.cookies.set(name, value)

    def _csrf(self) -> str:
        for cookie in self.session.cookies.jar:
            if cookie.name.endswith(("csrftoken", "csrf")):
                return cookie.value or ""
        self.session.get("/signin/")
        return next((c.value or "" for c in self.session.cookies.jar if c.name.endswith(("csrftoken", "csrf"))), "")

    def call(self, method: str, path: str, body: dict[str, Any] | None = None, **query: Any) -> dict[str, Any]:
        headers = {"X-CSRFToken": self._csrf()} if method != "GET" else {}
        return self._read(self._ask(method, path, json=body, params=query or None, headers=headers))

    def _ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        try:
            try:
                return self.session.request(method, path, **more)
            except httpx.RemoteProtocolError:  # a kept line that the host closed at that very moment; browsers ask again, too
                if method != "GET":
                    raise
                return self.session.request(method, path, **more)
        except httpx.HTTPError as error:
            raise EnlaceError("unreachable", type(error).__name__) from None

    def _read(self, answer: httpx.Response) -> dict[str, Any]:
        if answer.is_success:
            return answer.json() if answer.content else {}
        try:
            said = answer.json()["error"]
            code = said["code"]
        except (ValueError, KeyError, TypeError):
            raise EnlaceError(
                "not_found" if answer.status_code == 404 else "server_error", f"HTTP {answer.status_code}"
            ) from None
        more = {name: value for name, value in said.items() if name not in ("code", "message", "fields")}
        raise EnlaceError(code if code in CODES else "server_error", said.get("message", ""), fields=said.get("fields"), **more)

    def put_bytes(self, path: str, data: bytes) -> None:
        """One opaque part."""
        headers = {"X-CSRFToken": self._csrf(), "Content-Type": "application/octet-stream"}
        self._read(self._ask("PUT", path, content=data, headers=headers))

    def get_bytes(self, path: str) -> bytes:
        answer = self._ask("GET", path)
        if not answer.is_success:
            self._read(answer)
        return answer.content

    def get(self, path: str, **query: Any) -> dict[str, Any]:
        return self.call("GET", path, **query)

    def post(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        return self.call("POST", path, body or {})

    def put(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        return self.call("PUT", path, body)

    def delete(self, path: str) -> dict[str, Any]:
        return self.call("DELETE", path, {})
