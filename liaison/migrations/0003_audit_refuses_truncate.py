"""PostgreSQL's TRUNCATE passes row triggers by: without this one statement would empty the audit. SQLite has no TRUNCATE."""

from django.db import migrations

GUARD = (
    "CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON liaison_auditentry "
    "FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only()"
)


def guard(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(GUARD)


def unguard(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP TRIGGER audit_no_truncate ON liaison_auditentry")


class Migration(migrations.Migration):
    dependencies = [("liaison", "0002_audit_is_append_only")]
    operations = [migrations.RunPython(guard, unguard)]
