"""What a helper says when it refuses: a stable code for programs and a sentence for people."""

from typing import Any

from django.utils.translation import gettext_lazy

from kit.refusals import NotValid


class KitError(NotValid, ValueError):
    """A refusal with `code` (stable, English) and `message` (a translatable sentence that says what to do)."""

    field = ""

    def __init__(self, code: str, message: Any) -> None:
        super().__init__(message, field=self.field)
        self.code = self.kind = code
        self.message = message


class IdError(KitError):
    """A number or name that cannot be taken; `suggestion` is a value offered to the user, never applied by itself."""

    def __init__(self, code: str, message: Any, suggestion: str | None = None) -> None:
        super().__init__(code, message)
        self.suggestion = suggestion


class FileRefused(KitError):
    """A file that is not taken, with a sentence that says what to do."""

    field, title = "file", gettext_lazy("文件没有收下")

    def __init__(self, code: str, message: Any) -> None:
        super().__init__(code, message)
        self.kind = f"file:{code}"


class MoneyError(KitError):
    """An amount that is not exact to the fen."""


class DateError(KitError):
    """A cell that is no date, or one that may mean two."""
