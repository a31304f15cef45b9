from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "WHO, WHERE, MAY, DID"

    def ready(self) -> None:
        """Numbers in addresses have one reader; what the database refuses is put on record; the nights look for rights
        of older data (R-AUT-4).
        """
        from django.urls import register_converter
        from django.utils.translation import gettext_lazy as _

        from accounts.domain import office_checks, rights_search, server_checks, trail_search
        from accounts.domain.readiness import StartingRows, register_starting_rows
        from accounts.domain.refusals import listen
        from accounts.models import Division
        from accounts.reference import load_divisions
        from kit.whole import IdConverter, YearConverter

        register_converter(IdConverter, "id")
        register_converter(YearConverter, "year")
        listen()
        rights_search.register()
        trail_search.register()
        server_checks.register()
        office_checks.register()
        register_starting_rows(StartingRows(_("行政区划"), (Division,), lambda: load_divisions(Division)))
