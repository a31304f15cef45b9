"""A case about a class says its training type, by which grants are sorted (R-AUT-7)."""

from django.db import migrations, models

KINDS = [("subsidy", "subsidies_subsidy")]
FILL = [
    f"""
UPDATE {table} a SET training_type = p.training_type FROM training_trainingclass c JOIN training_project p
    ON p.id = c.project_id WHERE c.id = a.training_class_id;
UPDATE casework_workitem w SET training_type = a.training_type FROM {table} a
    WHERE w.kind = '{kind}' AND w.object_id = a.id AND a.training_type <> '';
"""
    for kind, table in KINDS
]


class Migration(migrations.Migration):

    dependencies = [
        ('casework', '0017_training_types'), ('training', '0026_training_types'),
        ('subsidies', '0017_planned_each_time'),
    ]

    operations = [
        migrations.AddField(
            model_name='paymentbatch',
            name='training_type',
            field=models.CharField(blank=True, db_default='', default='', max_length=20),
        ),
        migrations.AddField(
            model_name='subsidy',
            name='training_type',
            field=models.CharField(blank=True, db_default='', default='', max_length=20),
        ),
        migrations.RunSQL("".join(FILL), migrations.RunSQL.noop),
    ]
