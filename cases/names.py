"""How the network's people and places are called in an answer: loaded once for a page, whatever it lists."""

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from liaison.models import Authority, Post
from liaison.names import b64u


class Names:
    """Names in the active language. `posts` and `authorities` are read once each, when first asked for."""

    def __init__(self, officer: Any) -> None:
        self.officer = officer

    @cached_property
    def authorities(self) -> dict[str, str]:
        return {row.pk: str(row.name) for row in Authority.objects.all()}

    @cached_property
    def posts(self) -> dict[str, Any]:
        return {str(row.pk): row for row in Post.objects.all()}

    def authority(self, code: str) -> str:
        return self.authorities.get(code, code)

    def authority_list(self, codes: Iterable[str]) -> str:
        return ", ".join(self.authority(code) for code in codes)

    def post(self, post_id: object) -> dict[str, str]:
        """{id, name, authority, tz} of a post; a post that left the network keeps its id only."""
        row = self.posts.get(str(post_id))
        if row is None:
            return {"id": str(post_id), "name": "", "authority": "", "tz": "UTC"}
        return {"id": str(row.pk), "name": row.name, "authority": row.authority_id, "tz": row.tz}

    def mine(self, authority: str) -> bool:
        return authority == self.officer.authority_id


def person_view(officer: Any) -> dict[str, str] | None:
    """{subject, name, authority} of an officer, None where nobody is left."""
    if officer is None:
        return None
    return {"subject": b64u(officer.subject), "name": officer.name, "authority": officer.authority_id}
