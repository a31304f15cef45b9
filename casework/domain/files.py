"""Attachments: looked at by content, kept under an unguessable name with their digest, replaced but never removed
(R-SEC-2).
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable, Collection, Mapping
from datetime import date, timedelta
from typing import Any

from django.core.files.base import File
from django.core.files.uploadedfile import UploadedFile
from django.db import models, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.domain.audit import record
from accounts.domain.authority import applies_for
from accounts.domain.refusals import note
from accounts.models import Membership
from casework.domain.case_file import CaseFile
from casework.domain.case_page import case_page_of
from casework.domain.flow import flows
from casework.enums import WITH_APPLICANT
from casework.models import Application, Attachment
from kit.crypto import file_digest
from kit.refusals import NotAllowed, NotNow
from kit.sheets import ATTACHMENT_MAX_BYTES, XLSX, FileRefused, inspect_upload
from kit.text import written

MEDIA_TYPES = {
    "pdf": "application/pdf",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "xlsx": XLSX,
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
KINDS = frozenset(MEDIA_TYPES)
# How a file's name may end, by what it is: the first where it ends otherwise.
ENDINGS = {"pdf": (".pdf",), "jpeg": (".jpg", ".jpeg"), "png": (".png",), "xlsx": (".xlsx",), "docx": (".docx",)}
KIND_OF = {media_type: kind for kind, media_type in MEDIA_TYPES.items()}
NOT_IN_NAMES = str.maketrans('<>:"|?*', "_______")
LONGEST_NAME = 120
LONGEST_PARTICULAR = 100

_holders: dict[str, type[models.Model]] = {}
_offices_only: dict[str, str | Promise] = {}
_for_roles: dict[str, frozenset[str]] = {}
_particulars: dict[str, dict[str, str | Promise]] = {}
_senders: dict[str, Callable[[Attachment, Membership], bool]] = {}

__all__ = [
    "FileAltered",
    "FileRefused",
    "ask_particulars",
    "asked_of",
    "attach",
    "day_after",
    "documents",
    "holder_of",
    "keep_from_units",
    "may_attach",
    "may_read",
    "own_label",
    "particulars_of",
    "refuse_unless_attaching",
    "register_holder",
    "take_file",
    "visible_file",
]


class FileAltered(NotNow):
    """The stored file is not the one that was kept; it is not given out."""

    def __init__(self, name: str) -> None:
        super().__init__(
            _("“%(name)s”与保存时的校验值不一致或已缺失，已停止下载并记录，请立即联系系统管理员。") % {"name": name}
        )


def register_holder(model: type[models.Model]) -> None:
    """Let things other than applications hold files; the model's scope (`visible_to`) then guards them."""
    _holders[model._meta.model_name or ""] = model


def keep_from_units(
    slots: str,
    label: str | Promise,
    *,
    roles: Collection[str] = (),
    sender: Callable[[Attachment, Membership], bool] | None = None,
) -> None:
    """Files whose slot begins so are the offices' own, called `label`: the applicant neither sees nor opens them
    (R-ELG-5, R-SEC-1).

    `roles`: only these of the offices may read them; `sender` tells whether a membership of no part in the case sent
    the file and may read it.
    """
    _offices_only[slots] = label
    if roles:
        _for_roles[slots] = frozenset(roles)
    if sender:
        _senders[slots] = sender


def ask_particulars(slot: str, fields: dict[str, str | Promise]) -> None:
    """A slot whose paper must say something of itself, by field and label, and until when it holds (R-ELG-3)."""
    _particulars[slot] = fields


def particulars_of(slot: str) -> dict[str, str | Promise]:
    """What a paper of the slot must say of itself: field → label; nothing for most."""
    return _particulars.get(slot, {})


def day_after(last_day: date | None) -> date | None:
    """`valid_to` of a paper that holds until `last_day`."""
    return last_day + timedelta(days=1) if last_day and last_day < date.max else None


def own_label(slot: str) -> str:
    """What a file of the offices' own is called; the slot's code for any other."""
    return next((str(label) for slots, label in _offices_only.items() if slot.startswith(slots)), slot)


def may_read(slot: str, membership: Membership | None) -> bool:
    """Whether somebody who may see the case may see the files of this slot."""
    if membership is None or not slot.startswith(tuple(_offices_only)):
        return True
    return not membership.is_unit and all(
        membership.role in roles for slots, roles in _for_roles.items() if slot.startswith(slots)
    )


def asked_of(file: CaseFile[Any], membership: Membership) -> list[tuple[str, str | Promise, bool]]:
    """The documents a case asks for (slot, label, required), as far as this membership may read and replace them."""
    kind = file.application._meta.model_name or ""
    return [one for one in case_page_of(kind).documents(file) if may_read(one[0], membership)]


def holder_of(kind: str) -> type[models.Model] | None:
    """The model whose scope guards the files of a kind: an application's by its flow, else a registered one."""
    flow = flows().get(kind)
    return flow.model if flow else _holders.get(kind)


def attach(
    kind: str,
    object_id: int,
    slot: str,
    upload: UploadedFile,
    *,
    by: Membership,
    valid_to: date | None = None,
    particulars: Mapping[str, str] | None = None,
    allowed: frozenset[str] = KINDS,
    max_bytes: int = ATTACHMENT_MAX_BYTES,
) -> Attachment:
    """Keep a file in a document's slot; the one that was there stays on record as replaced.

    Raises FileRefused with a sentence when the content is not what may be kept; nothing is changed then.
    """
    model = holder_of(kind)
    if model is None:
        raise LookupError(kind)
    said: dict[str, Any] = {
        field: written((particulars or {}).get(field, ""))[:LONGEST_PARTICULAR] for field in particulars_of(slot)
    }
    if said and (valid_to is None or not all(said.values())):
        raise FileRefused(
            "particulars",
            _("请写明%(fields)s和有效期至。") % {"fields": "、".join(map(str, particulars_of(slot).values()))},
        )
    name = clean_name(upload.name or "")
    content = inspect_upload(upload.file, name, allowed, max_bytes=max_bytes)
    with transaction.atomic():
        holder = model._default_manager.select_for_update(of=("self",)).get(pk=object_id)
        if valid_to and valid_to <= timezone.localdate():
            raise FileRefused("expired", _("这份材料已过有效期，请上传在有效期内的材料。"))
        current = Attachment.objects.filter(kind=kind, object_id=object_id, slot=slot, replaced_at__isnull=True)
        current.update(replaced_at=timezone.now())
        attachment = Attachment(
            kind=kind,
            object_id=object_id,
            slot=slot,
            name=named_as(name, content),
            media_type=MEDIA_TYPES[content],
            size=upload.size,
            sha256=file_digest(upload),
            valid_to=valid_to,
            particulars=said,
            by=by,
        )
        attachment.file.save(attachment.name, upload, save=False)
        attachment.save()
        record(
            "file.attached",
            by=by,
            on=holder,
            slot=slot,
            name=attachment.name,
            sha256=attachment.sha256,
            size=attachment.size,
            **said,
        )
    return attachment


def take_file(attachment: Attachment, *, by: Membership) -> File:
    """The stored file opened for somebody who may see it (`visible_file`), the download on record (R-SEC-2).

    Its digest is compared each time: raises FileAltered, on record too, for one that was exchanged or is gone.
    """
    holder: Any = holder_of(attachment.kind)
    on = holder._default_manager.filter(pk=attachment.object_id).first() if holder else None
    what = {"slot": attachment.slot, "name": attachment.name, "sha256": attachment.sha256, "file": attachment.pk}
    try:
        file = attachment.file.open("rb")
    except FileNotFoundError as missing:
        note("file.altered", by=by, on=on, **what)
        raise FileAltered(attachment.name) from missing
    if file_digest(file) != attachment.sha256:
        file.close()
        note("file.altered", by=by, on=on, **what)
        raise FileAltered(attachment.name)
    record("file.taken", by=by, on=on, **what)
    return file


def named_as(name: str, kind: str) -> str:
    """The name with an ending that says what the content is: no system opens a PDF called `.hta` as anything else."""
    name = name.rstrip(". ")
    stem, ending = os.path.splitext(name)
    if ending.lower() in ENDINGS[kind]:
        return name
    return (name if len(name) + 5 <= LONGEST_NAME else stem) + ENDINGS[kind][0]


def clean_name(name: str) -> str:
    """A file name safe to show and to send back: no path, no control or invisible characters, not too long, its ending
    kept.
    """
    name = os.path.basename(name.replace("\\", "/")).translate(NOT_IN_NAMES)
    name = written("".join(c for c in name if unicodedata.category(c)[0] != "C")) or _("未命名文件")
    stem, ending = os.path.splitext(name)
    return stem[: LONGEST_NAME - len(ending[:10])] + ending[:10]


def documents(kind: str, object_id: int) -> dict[str, Attachment]:
    """The file now valid in each slot."""
    rows = Attachment.objects.filter(kind=kind, object_id=object_id, replaced_at__isnull=True).select_related(
        "by__user"
    )
    return {row.slot: row for row in rows}


def may_attach(application: Application, membership: Membership) -> bool:
    """The applicant's operator, while the application is with the applicant."""
    return applies_for(membership, application.applicant_id) and application.state in WITH_APPLICANT


def refuse_unless_attaching(application: Application, membership: Membership) -> None:
    """The same as a refusal."""
    if not applies_for(membership, application.applicant_id):
        raise NotAllowed(_("只有申请单位的经办人可以上传材料。"))
    if application.state not in WITH_APPLICANT:
        raise NotNow(_("申请已提交，材料不能再改。需要补充的，请先撤回或等待退回补正。"))


def visible_file(pk: int, membership: Membership | None) -> Attachment | None:
    """The file when the case that holds it lies in the membership's scope, or the membership sent it; None otherwise,
    so that outside is not found.
    """
    attachment = Attachment.objects.filter(pk=pk).first()
    if (
        attachment
        and membership
        and any(attachment.slot.startswith(slots) and sent(attachment, membership) for slots, sent in _senders.items())
    ):
        return attachment
    model: Any = holder_of(attachment.kind) if attachment else None
    if attachment is None or model is None or not may_read(attachment.slot, membership):
        return None
    held: QuerySet = model.objects.visible_to(membership).filter(pk=attachment.object_id)
    return attachment if held.exists() else None
