from django.db import migrations, models

# Names of before were written in clear and said only the type.
FORGET_NAMES = "UPDATE liaison_slot SET name = ''"


class Migration(migrations.Migration):
    dependencies = [("liaison", "0005_cosignature")]

    operations = [
        migrations.RunSQL(FORGET_NAMES, migrations.RunSQL.noop),
        migrations.RemoveField("slot", "last_used"),
        migrations.AlterField("slot", "name", models.CharField(blank=True, max_length=640)),
    ]
