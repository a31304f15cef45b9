"""The file of a unit holds no account of its own any more: accounts are dated rows (R-SUB-7)."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("training", "0011_accounts_taken_over"), ("subsidies", "0007_payment_account")]
    operations = [migrations.RemoveField("unit", name) for name in ("bank_name", "bank_account_name", "bank_account")]
