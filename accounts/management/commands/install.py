"""`manage.py install`: check the server, make an installation, say what is still missing before it can be opened.

Exit 1 when the server is not right; 0 when the installation is made, also where more is to be done on its pages.
"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from accounts.domain.installing import Made, install, new_first_password
from accounts.domain.readiness import Standing, readiness
from accounts.reference import ADMINISTRATOR_NAME, REGION_OFFICE
from kit.refusals import Refused


class Command(BaseCommand):
    help = "Makes divisions, the region's office and administrator, and the rows to start with; says what is missing."
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="only report")
        parser.add_argument("--username", default="admin", help="the super administrator's (admin)")
        parser.add_argument("--name", default=ADMINISTRATOR_NAME, help="the super administrator's full name")
        parser.add_argument("--new-password", metavar="USERNAME", help="another first password for an administrator")
        parser.add_argument("--office", default=REGION_OFFICE, help="the region's HR office")

    def handle(self, *args: Any, **options: Any) -> None:
        wrong = [sentence for standing in readiness(first=True) for sentence in standing.missing]
        if wrong:
            raise CommandError("\n".join([_("服务器还没有准备好，没有安装："), *(f"  ✗ {said}" for said in wrong)]))
        try:
            if username := options["new_password"]:
                self._tell_password(username, new_first_password(username))
                return
            if not options["check"]:
                self._tell(install(username=options["username"], full_name=options["name"], office=options["office"]))
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        self._list(readiness(first=False))

    def _tell(self, made: Made) -> None:
        """What was made; the first password is printed here and nowhere else."""
        for name, number in made.rows.items():
            if number:
                self.stdout.write(_("已建立：%(name)s %(n)s 条") % {"name": name, "n": number})
        if made.office:
            self.stdout.write(_("已建立：%(name)s") % {"name": made.office})
        if made.username:
            self._tell_password(made.username, made.password)
        if not made.anything:
            self.stdout.write(_("已经安装过，没有改动。"))

    def _tell_password(self, username: str, password: str) -> None:
        """Printed here and nowhere else."""
        self.stdout.write("")
        self.stdout.write(_("自治区超级管理员  用户名 %(name)s") % {"name": username})
        self.stdout.write(_("首次密码（只显示这一次，首次登录必须修改）  %(password)s") % {"password": password})
        self.stdout.write("")

    def _list(self, found: list[Standing]) -> None:
        missing = [standing for standing in found if standing.missing]
        self.stdout.write(
            _("开通以前还缺（登录后“开通准备”页上是同一张清单）：") if missing else _("开通准备已全部完成。")
        )
        for standing in missing:
            mark = "✗" if standing.check.blocks else "·"
            self.stdout.write(
                f"  {mark} {standing.check.asks}（{standing.check.cured_by}{standing.url and ' '}{standing.url}）"
            )
            for sentence in standing.missing:
                self.stdout.write(f"      {sentence}")
