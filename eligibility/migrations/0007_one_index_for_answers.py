"""The index of the answers' constraint begins with the job: a second one on the job alone is needless."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('casework', '0005_newest_first'),
        ('eligibility', '0006_correction'),
    ]

    operations = [
        migrations.AlterField(
            model_name='registryanswer',
            name='job',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='answers', to='casework.job'),
        ),
    ]
