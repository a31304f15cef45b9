"""One record per citizen number, across all units (R-SEC-1, R-SEC-4)."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from kit.fields import EncryptedTextField, HashField


class Person(models.Model):
    """A trainee. The number is encrypted; `number_hash` finds it; `tail` is the last four for the list (masked
    display).
    """

    number = EncryptedTextField()
    number_hash = HashField(unique=True)
    head = models.CharField(max_length=3)
    tail = models.CharField(max_length=4)
    name = models.CharField(max_length=100)
    letters = ArrayField(models.CharField(max_length=1), default=list)
    birth_date = models.DateField()
    sex = models.CharField(max_length=6, choices=[("male", "男"), ("female", "女")])
    ethnicity = models.CharField(max_length=2, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()
        indexes = [
            GinIndex(fields=["letters"], name="person_letters"),
            models.Index(fields=["name"], name="person_name", opclasses=["text_pattern_ops"]),
        ]

    @property
    def masked_number(self) -> str:
        return f"{self.head}***********{self.tail}"

    @property
    def masked_name(self) -> str:
        return f"{self.name[:1]}*"
