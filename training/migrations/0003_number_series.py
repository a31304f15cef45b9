from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("training", "0002_occupations")]
    operations = [
        migrations.CreateModel(
            name="NumberSeries",
            fields=[
                ("prefix", models.CharField(max_length=30, primary_key=True, serialize=False)),
                ("last", models.PositiveIntegerField()),
            ],
            options={"default_permissions": ()},
        ),
    ]
