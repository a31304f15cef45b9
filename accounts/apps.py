from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "WHO, WHERE, MAY, DID"

    def ready(self) -> None:
        """Numbers in addresses have one reader; what the database refuses is put on record; the nights look for rights
        of older data (R-AUT-4).
        """
        from django.urls import register_converter

        from accounts.domain import rights_search, trail_search
        from accounts.domain.refusals import listen
        from kit.whole import IdConverter, YearConverter

        register_converter(IdConverter, "id")
        register_converter(YearConverter, "year")
        listen()
        rights_search.register()
        trail_search.register()
