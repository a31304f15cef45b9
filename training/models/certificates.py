"""培训合格证书 the portal itself gives (R-CMP-5)."""

from django.db import models


class IssuedCertificate(models.Model):
    """The serial number of one trainee's 培训合格证书, given when the completion was approved; never changed or taken back
    silently.

    `division` is the place of the body that approved, whose series the number is of. `typed_before` is what a unit had
    typed as the number while the portal gave none: kept, and proof of nothing.
    """

    number = models.CharField(max_length=40, unique=True)
    enrolment = models.OneToOneField("training.Enrolment", models.PROTECT, related_name="issued_certificate")
    division = models.ForeignKey("accounts.Division", models.PROTECT, related_name="+", db_index=False)
    issued_on = models.DateField()
    typed_before = models.CharField(max_length=40, blank=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.number
