from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("messaging", "0002_attachments"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="event",
            index=models.Index(condition=models.Q(("kind__in", (2, 3, 4))), fields=["channel", "n"], name="event_amending"),
        ),
    ]
