"""Who did what is written once and cannot be unwritten."""

import pytest

pytestmark = pytest.mark.outside

TAMPER = """
from django.db import DatabaseError, connection, transaction
from liaison import audit
from liaison.models import AuditEntry
assert AuditEntry.objects.count() > 5, "nothing to protect"
assert list(audit.broken_entries()) == [], "the chain must hold before it is touched"
rows = AuditEntry.objects.filter(n=AuditEntry.objects.first().n)
def empty():
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE liaison_auditentry" if connection.vendor == "postgresql" else "DELETE FROM liaison_auditentry")
for act in (lambda: rows.update(verb="nothing"), lambda: rows.delete(), empty):
    try:
        with transaction.atomic():
            act()
        print("CHANGED")
    except DatabaseError:
        print("refused")
"""


def test_the_database_refuses_to_change_or_remove_an_entry(host, network):
    assert host.shell(TAMPER).split() == ["refused"] * 3


def test_a_hole_in_the_chain_is_found(host, network):
    script = """
from liaison import audit
from liaison.models import AuditEntry
entries = list(AuditEntry.objects.order_by("n")[:4])
assert audit.digest(entries[1]) == entries[1].hash
entries[1].verb = "another"
print(audit.digest(entries[1]) == entries[1].hash, entries[2].prev == entries[1].hash)
"""
    assert host.shell(script).split() == ["False", "True"]


def test_the_audit_holds_no_name_and_no_text(host, network, ana, bashir):
    room = ana.enlace.create_channel("direct", {bashir.kid: "o"}, "TítuloPlantado")
    room.post("TextoPlantado")
    script = """
from liaison.models import AuditEntry
text = " ".join(f"{e.verb} {e.object} {e.detail}" for e in AuditEntry.objects.all())
print(any(word in text for word in ("Plantado", "Ana", "Zelaya", "ana.hn")))
"""
    assert host.shell(script).strip() == "False"
