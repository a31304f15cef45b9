"""Serve exactly the listed files of the npm packages, and nothing else of their large `dist` folders.

A file's `.map` is listed with it: the manifest storage follows `sourceMappingURL`. Names stay as in the package.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.checks import CheckMessage, Error
from django.core.files.storage import FileSystemStorage, Storage

PACKAGES = Path(settings.BASE_DIR) / "node_modules"
FILES = {
    "vendor/tabler/tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
    "vendor/tabler/tabler.min.css.map": "@tabler/core/dist/css/tabler.min.css.map",
    "vendor/tabler/tabler-vendors.min.css": "@tabler/core/dist/css/tabler-vendors.min.css",
    "vendor/tabler/tabler-vendors.min.css.map": "@tabler/core/dist/css/tabler-vendors.min.css.map",
    "vendor/tabler/tabler.min.js": "@tabler/core/dist/js/tabler.min.js",
    "vendor/tabler/tabler.min.js.map": "@tabler/core/dist/js/tabler.min.js.map",
    "vendor/tom-select/tom-select.complete.min.js": "tom-select/dist/js/tom-select.complete.min.js",
    "vendor/tom-select/tom-select.complete.min.js.map": "tom-select/dist/js/tom-select.complete.min.js.map",
    "vendor/echarts/echarts.min.js": "echarts/dist/echarts.min.js",
    "vendor/maps/neimenggu.json": "echarts4/map/json/province/neimenggu.json",
}


class PackageStorage(FileSystemStorage):
    """The packages' folder, read under the public names of FILES."""

    def path(self, name: str) -> str:
        return str(PACKAGES / FILES[name])


class PackageFinder(BaseFinder):
    """Staticfiles finder over the allow-list."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.storage = PackageStorage(location=PACKAGES)

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        """Turn a forgotten `npm ci` into an error at start; tests and collected files need no packages."""
        missing = [source for source in FILES.values() if not (PACKAGES / source).exists()]
        if not missing or settings.TESTING or Path(settings.STATIC_ROOT, "staticfiles.json").exists():
            return []
        hint = "Run `./dev demo` or `npm ci --ignore-scripts`."
        return [Error(f"Front-end files are missing: {', '.join(missing)}", hint=hint, id="fanbu.E001")]

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> str | list[str]:
        source = FILES.get(path)
        found = [str(PACKAGES / source)] if source and (PACKAGES / source).exists() else []
        return found if find_all else (found[0] if found else [])

    def list(self, ignore_patterns: Any) -> Iterator[tuple[str, Storage]]:
        return ((name, self.storage) for name, source in FILES.items() if (PACKAGES / source).exists())
