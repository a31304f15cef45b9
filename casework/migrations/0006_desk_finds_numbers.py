"""A desk's search by the beginning of a number is answered by the index of its list alone (P4)."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_departments_asked'),
        ('casework', '0005_newest_first'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='workitem',
            name='workitem_desk',
        ),
        migrations.AddIndex(
            model_name='workitem',
            index=models.Index(fields=['desk', 'standing', '-since', '-id'], include=('number',), name='workitem_desk'),
        ),
    ]
