"""Rooms and layers as docs/architecture.md has them: leftwards between rooms, in layers inside, no import in a
function.
"""

import sys
from functools import cache
from itertools import chain
from pathlib import Path

from django.apps import apps

from tests.architecture.code import ROOMS, ROOT, Import, files, imports, layer_of, place, room_of

LAYERS = [
    {"enums", "validators", "reference", "clauses", "engine", "rules", "fields", "scenarios", "rulebook"},
    {"models"},
    {"domain", "registries", "channels"},
    {"tasks"},
    {"procedures"},
    {
        "forms",
        "filters",
        "imports",
        "serializers",
        "resources",
        "policies",
        "menu",
        "help",
        "context",
        "middleware",
        "http",
        "problems",
        "adapter",
        "typed_values",
        "submissions",
    },
    {"views", "api", "templatetags", "management"},
    {"urls", "api_urls"},
    {"apps"},
]
RANK = {name: rank for rank, names in enumerate(LAYERS) for name in names}
# What a room shows the rooms to its right, beside enums, models and domain.
FACES = {
    "kit": None,
    "accounts": {"http", "middleware", "submissions", "api"},
    "casework": {"http", "problems", "serializers", "api", "policies"},
    "eligibility": {"engine", "rules", "rulebook", "clauses", "forms"},
    "training": set(),
    "subsidies": set(),
    "reports": set(),
}
# What stands around the rooms, and which of the project's own parts each may import: measuring and made-up data read
# the rooms, the rest runs without them. None of it is imported by a room.
AROUND = {
    "config": {"kit", "accounts", "casework", "beat"},
    "demo": {*ROOMS, "registry_simulator"},
    "bench": {*ROOMS, "registry_simulator", "devtools"},
    "beat": set(),
    "devtools": set(),
    "registry_simulator": set(),
}
# Those of them that run without Django, and the libraries they need: the beat is small because of it, `./dev` begins on
# a machine where nothing is installed yet.
LIBRARIES = {
    "beat": {"celery"},
    "registry_simulator": set(),
    "devtools": set(),
}
INSTALLED = {
    "devtools/messages.py",
    "devtools/frontend.py",
    "devtools/demo.py",
    "devtools/postgres.py",
    "devtools/screenshots.py",
}


@cache
def every_import() -> list[Import]:
    return list(chain.from_iterable(imports(path) for room in ROOMS for path in files(room)))


def test_rooms_import_leftwards_only():
    wrong = [
        place(found)
        for found in every_import()
        if room_of(found.module) in ROOMS
        and ROOMS.index(room_of(found.module)) > ROOMS.index(found.path.relative_to(ROOT).parts[0])
    ]
    assert wrong == []


def test_kit_knows_no_model_and_no_request():
    wrong = [
        place(f) for f in every_import() if f.path.is_relative_to(ROOT / "kit") and f.module.startswith("django.http")
    ]
    assert wrong == []


def test_the_law_and_all_it_reads_with_know_no_framework():
    """The engine, its tables and whatever these import: the standard library, the number library and themselves
    (R-ELG-9).
    """
    wrong, read = [], set()
    waiting = [
        path
        for part in ("engine", "rules")
        for path in files("eligibility")
        if path.is_relative_to(ROOT / "eligibility" / part)
    ]
    while waiting:
        path = waiting.pop()
        if path in read:
            continue
        read.add(path)
        for found in imports(path):
            own = [ROOT / f"{found.module.replace('.', '/')}{end}" for end in (".py", "/__init__.py")]
            waiting += [one for one in own if one.exists()]
            if room_of(found.module) not in {*sys.stdlib_module_names, *ROOMS, "stdnum"}:
                wrong.append(place(found))
    assert wrong == []
    assert ROOT / "kit" / "identity.py" in read


def test_text_is_folded_in_one_place():
    """Names, numbers and codes are brought into one form by `kit` alone, so that no two doors can
    disagree on a person.
    """
    folding = {
        str(path.relative_to(ROOT))
        for room in ROOMS
        for path in files(room)
        if "NFKC" in path.read_text(encoding="utf-8")
    }
    assert folding == {"kit/text.py", "kit/dates.py", "kit/identity.py", "kit/radicals.py"}


def test_what_stands_around_the_rooms_imports_what_it_is_there_for():
    wrong = [
        place(found)
        for room in [*ROOMS, *AROUND]
        for path in files(room)
        for found in imports(path)
        if room_of(found.module) in {*ROOMS, *AROUND, "tests"} - {room} - AROUND.get(room, set(ROOMS))
    ]
    assert wrong == []


def test_what_runs_without_django_imports_no_more_than_it_needs():
    wrong = [
        place(found)
        for part, libraries in LIBRARIES.items()
        for path in files(part)
        if str(path.relative_to(ROOT)) not in INSTALLED
        for found in imports(path)
        if room_of(found.module) not in {*sys.stdlib_module_names, part, *libraries}
    ]
    assert wrong == []


def test_every_part_of_a_room_is_in_a_layer_and_every_layer_is_there():
    parts = {room: {layer_of(_module(path)) for path in files(room)} - {"__init__"} for room in ROOMS[1:]}
    assert {room: here - set(RANK) for room, here in parts.items() if here - set(RANK)} == {}
    assert set(RANK) - set().union(*parts.values()) == set()


def test_pages_and_operations_of_the_api_do_not_import_each_other():
    """What both need is a domain function, a form, or stands in the room's `http.py`."""
    wrong = [
        place(found)
        for found in every_import()
        if {layer_of(_module(found.path)), layer_of(found.module)} == {"api", "views"}
        and room_of(found.module) in ROOMS
    ]
    assert wrong == []


def test_inside_a_room_layers_look_down_only():
    wrong = []
    for found in every_import():
        own = found.path.relative_to(ROOT).with_suffix("").parts
        if room_of(found.module) != own[0] or len(own) < 2 or own[0] == "kit":
            continue
        mine, theirs = RANK.get(own[1], 0), RANK.get(layer_of(found.module), 0)
        if theirs > mine:
            wrong.append(place(found))
    assert wrong == []


def test_from_another_room_only_its_face_is_imported():
    wrong = []
    for found in every_import():
        own, other = found.path.relative_to(ROOT).parts[0], room_of(found.module)
        if other not in ROOMS or other == own or FACES[other] is None:
            continue
        if layer_of(found.module) not in {"", "enums", "models", "domain", *FACES[other]}:
            wrong.append(place(found))
    assert wrong == []


def test_what_measures_and_makes_up_data_goes_through_no_page():
    """Demo and bench act by domain functions, or over HTTP as everybody: never by a view, a task or an address."""
    wrong = [
        place(found)
        for part in ("demo", "bench")
        for path in files(part)
        for found in imports(path)
        if room_of(found.module) in ROOMS and layer_of(found.module) in {"views", "api", "tasks", "urls", "api_urls"}
    ]
    assert wrong == []


def test_imports_stand_at_the_top_except_in_ready():
    everywhere = chain(every_import(), (found for part in AROUND for path in files(part) for found in imports(path)))
    wrong = [place(found) for found in everywhere if found.inside and found.path.name != "apps.py"]
    assert wrong == []


def test_foreign_keys_point_leftwards():
    wrong = [
        f"{model.__name__}.{field.name}"
        for room in ROOMS[1:]
        for model in apps.get_app_config(room).get_models()
        for field in model._meta.get_fields()
        if field.concrete
        and field.related_model
        and field.related_model._meta.app_label in ROOMS
        and ROOMS.index(field.related_model._meta.app_label) > ROOMS.index(room)
    ]
    assert wrong == []


def test_the_packages_of_training_stand_in_a_line():
    """A file of training/domain knows its own package and those before it; the providers handed down to other rooms
    (labels, subjects, trails, person_corrections) know them all and are known to none.
    """
    line = ["units", "classes", "roster", "verification", "decision", "providers"]

    def package(parts):
        """Where a module of training/domain stands in the line; None for the package itself and what is elsewhere."""
        if parts[:2] != ("training", "domain") or len(parts) < 3:
            return None
        return line.index(parts[2]) if parts[2] in line else line.index("providers")

    wrong = []
    for found in chain.from_iterable(imports(path) for path in files("training")):
        mine = package(found.path.relative_to(ROOT).with_suffix("").parts)
        theirs = package(tuple(found.module.split(".")))
        if mine is not None and theirs is not None and theirs > mine:
            wrong.append(place(found))
    assert wrong == []


def _module(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)
