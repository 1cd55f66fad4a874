import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("liaison", "0003_audit_refuses_truncate")]

    operations = [
        migrations.CreateModel(
            name="Checkpoint",
            fields=[
                ("size", models.PositiveBigIntegerField(primary_key=True, serialize=False)),
                ("root", models.BinaryField(max_length=32)),
                ("note", models.TextField()),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={"ordering": ["size"]},
        ),
    ]
