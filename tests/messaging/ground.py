"""Rows the rooms stand on, and a test client that is signed in with both factors."""

import uuid

from django.test import Client

from liaison.models import Authority, Leaf, LoginSession, Officer
from sealed import merkle


def make_authority(code: str) -> None:
    Authority.objects.create(code=code, name_es=code, name_en=code, name_fr=code)


def append_leaf(data: bytes) -> None:
    Leaf.objects.create(index=Leaf.objects.count(), data=data, hash=merkle.leaf_hash(data))


def make_officer(code: str, name: str, role: str, subject: bytes, kid: str) -> Officer:
    username = name.lower().replace(" ", ".")
    return Officer.objects.create(username=username, name=name, authority_id=code, role=role, subject=subject, kid=kid)


def signed_in(officer: Officer) -> Client:
    client = Client()
    client.force_login(officer)
    key = client.session.session_key
    LoginSession.objects.create(session_key=key, officer=officer, public_id=uuid.uuid4(), verified=True)
    return client
