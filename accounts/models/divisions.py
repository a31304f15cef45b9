"""WHERE: the region, its leagues and banners, with the line they report by (R-LVL-1, R-LVL-2)."""

from django.db import models

from accounts.enums import Level


class Division(models.Model):
    """A division by its six-digit code. `path` follows the REPORTING line, so 满洲里市 hangs under the region.

    `path` is the codes from the region downwards, each closed by a slash: "150000/150100/150102/".
    """

    code = models.CharField(primary_key=True, max_length=6)
    name = models.CharField(max_length=40)
    level = models.CharField(max_length=6, choices=Level.choices)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    reports_to = models.ForeignKey("self", models.PROTECT, null=True, related_name="reporting")
    path = models.CharField(max_length=30, unique=True)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

    @property
    def line(self) -> list[str]:
        """The codes above this division and its own, from the region downwards."""
        return self.path.rstrip("/").split("/")

    @property
    def is_reporting_unit(self) -> bool:
        """True for the 12 leagues and the two cities that stand beside them."""
        return self.path.count("/") == 2
