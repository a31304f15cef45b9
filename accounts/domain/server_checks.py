"""What must be right on the server before an installation is made: settings, the database and its role, the stores
(R-SEC-1, R-SEC-2).
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from django.conf import settings
from django.core.cache import cache
from django.db import Error, connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from redis import Redis
from redis.exceptions import RedisError

from accounts.domain.readiness import SERVER, Check, register_readiness
from accounts.enums import Role
from kit.postgres.schema import migrations_left

LOCAL = {"localhost", "127.0.0.1", "[::1]", "testserver"}
PATIENCE = 3  # seconds for a store that should answer at once
# What the role of the portal may do to the tables of the schema, as it connects now.
_PRIVILEGES = """
SELECT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user),
       coalesce(bool_or(pg_has_role(current_user, relowner, 'USAGE')), false),
       coalesce(bool_or(has_table_privilege(oid, 'TRUNCATE') OR has_table_privilege(oid, 'TRIGGER')), false),
       has_schema_privilege('public', 'CREATE'),
       has_parameter_privilege('session_replication_role', 'SET'),
       coalesce(string_agg(relname, '、' ORDER BY relname) FILTER (WHERE NOT (has_table_privilege(oid, 'SELECT')
           AND has_table_privilege(oid, 'INSERT') AND has_table_privilege(oid, 'UPDATE')
           AND has_table_privilege(oid, 'DELETE'))), '')
FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
"""
_ENCODING = """
SELECT pg_encoding_to_char(encoding), coalesce(datlocale, datcollate) FROM pg_database
WHERE datname = current_database()
"""


def settings_wrong() -> list[str]:
    """What production is missing beside what stops its start (`config/starting.py`)."""
    if not settings.PRODUCTION:
        return []
    found = []
    if not set(settings.ALLOWED_HOSTS) - LOCAL:
        found.append(_("FANBU_HOSTS 没有写门户的域名，浏览器打不开页面；请在环境文件里写上。"))
    if Role.ADMINISTRATOR not in settings.TOTP_REQUIRED_ROLES:
        found.append(_("FANBU_TOTP_ROLES 没有 administrator，超级管理员只凭密码就能登录；请加上。"))
    return found


def database_wrong() -> list[str]:
    """Whether it answers, is migrated, sorts as it was built for, and holds its role to reading and writing rows."""
    try:
        if left := migrations_left():
            return [_("数据库还有%(n)s个迁移没有执行，请先运行 manage.py migrate。") % {"n": len(left)}]
        with connection.cursor() as cursor:
            cursor.execute(_ENCODING)
            encoding, locale = cursor.fetchone()
        said = (
            []
            if (encoding, locale) == ("UTF8", "C.UTF-8")
            else [
                _("数据库的编码是%(encoding)s、排序是%(locale)s，应为UTF8、C.UTF-8；请按运行手册重新建库。")
                % {"encoding": encoding, "locale": locale}
            ]
        )
        return said + (privileges_wrong() if settings.PRODUCTION else [])
    except Error as error:
        return [_("数据库连接不上（DATABASE_URL）：%(why)s") % {"why": str(error).partition("\n")[0]}]


def privileges_wrong() -> list[str]:
    """What the role it connects with could do to the tables and triggers, and the tables it cannot read and write."""
    with connection.cursor() as cursor:
        cursor.execute(_PRIVILEGES)
        superuser, owns, alters, creates, switches_off, closed = cursor.fetchone()
    found = [
        _("程序的数据库角色%(what)s，能够改动或绕过审计触发器；请改用只能读写行的角色（deploy/postgres/10-roles.sh）。")
        % {"what": what}
        for what, wrong in (
            (_("是超级用户"), superuser),
            (_("是数据表的所有者"), owns and not superuser),
            (_("有TRUNCATE或TRIGGER权限"), alters and not owns),
            (_("可以在public模式中建表"), creates and not (superuser or owns)),
            (_("可以设置session_replication_role"), switches_off and not superuser),
        )
        if wrong
    ]
    if closed:
        found.append(_("程序的数据库角色不能读写这些表：%(tables)s。请由表的所有者授权。") % {"tables": closed})
    return found


def stores_wrong() -> list[str]:
    """The cache, the queue and the folder of files."""
    found = []
    try:
        cache.set("readiness", 1, PATIENCE)
    except RedisError as error:
        found.append(_("缓存连接不上（CACHE_URL、REDIS_URL）：%(why)s") % {"why": error})
    try:
        Redis.from_url(settings.REDIS_URL, socket_connect_timeout=PATIENCE, socket_timeout=PATIENCE).ping()
    except (RedisError, ValueError) as error:
        found.append(_("任务队列连接不上（REDIS_URL）：%(why)s") % {"why": error})
    folder = Path(settings.MEDIA_ROOT)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        found.append(
            _("材料文件夹%(folder)s不能写入（FANBU_MEDIA）：%(why)s") % {"folder": folder, "why": error.strerror}
        )
    return found


def register() -> None:
    """The server's checks come first: nothing is made while one of them is missing something."""
    register_readiness(
        Check(10, "settings", gettext_lazy("环境设置齐全"), settings_wrong, SERVER, first=True),
        Check(
            20,
            "database",
            gettext_lazy("数据库已迁移，程序的角色只能读写行"),
            database_wrong,
            SERVER,
            first=True,
        ),
        Check(30, "stores", gettext_lazy("缓存、任务队列和材料文件夹可用"), stores_wrong, SERVER, first=True),
    )
