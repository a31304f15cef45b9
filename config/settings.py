"""All settings, from the environment. FANBU_MODE is demo, test or production; production refuses weak or missing
secrets.
"""

import os
from pathlib import Path

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from beat.schedule import DEFAULT_QUEUE, SCHEDULE, TIMEZONE, TRANSPORT, broker_url, redis_url
from config.outgoing import mail, sms
from config.starting import Surroundings

BASE_DIR = Path(__file__).resolve().parent.parent
STARTING = Surroundings(os.environ)
if problems := STARTING.problems():
    raise ImproperlyConfigured("\n".join(problems))
MODE = STARTING.mode
PRODUCTION, TESTING, DEMO = MODE == "production", MODE == "test", MODE == "demo"
SECRET_KEY = STARTING.secret_key()
FANBU_FIELD_KEYS = STARTING.field_keys()
FANBU_INDEX_KEY = STARTING.index_key()
DEBUG = False
ALLOWED_HOSTS = os.environ.get("FANBU_HOSTS", "localhost,127.0.0.1,[::1],testserver").split(",")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "guardian",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "django_htmx",
    "django_filters",
    "django_tables2",
    "crispy_forms",
    "crispy_bootstrap5",
    "import_export",
    "accounts",
    "casework",
    "eligibility",
    "training",
    "subsidies",
    "reports",
]
if not PRODUCTION:
    INSTALLED_APPS += ["demo", "bench"]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "casework.middleware.MeasureMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "accounts.middleware.MembershipMiddleware",
    "accounts.submissions.FormMiddleware",
    # whatever does not say `login_not_required` is for people with an account
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "axes.middleware.AxesMiddleware",
    "casework.problems.UnstorableTextMiddleware",
]
if DEMO:
    MIDDLEWARE.insert(0, "demo.middleware.ClockMiddleware")
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accounts.context.frame",
                "casework.context.frame",
            ],
            "libraries": {"tablericons": "kit.icons"},
            "builtins": [
                "django.templatetags.i18n",
                "django.contrib.humanize.templatetags.humanize",
                "accounts.templatetags.form_token",
            ],
        },
    }
]

DATABASES = {
    "default": dj_database_url.parse(
        STARTING.database(), engine="kit.postgres", conn_max_age=600, conn_health_checks=True
    ),
}
DATABASES["default"]["TEST"] = {"NAME": os.environ.get("TEST_DB_NAME", "test_fanbu")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = redis_url(os.environ)
CELERY_BROKER_URL = broker_url(os.environ)
CACHE_URL = os.environ.get("CACHE_URL") or REDIS_URL + ("&db=1" if "?" in REDIS_URL else "?db=1")
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": CACHE_URL}}
if TESTING and CACHE_URL == "memory:":  # ./dev test --fast
    CACHES["default"] = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True
CELERY_TIMEZONE = TIMEZONE
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = TRANSPORT
CELERY_TASK_DEFAULT_QUEUE = DEFAULT_QUEUE
CELERY_TASK_QUEUES_ORDER = ["interactive", "checks", "exports", "nightly"]
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE = SCHEDULE

REGISTRY_URL = STARTING.registry()
REGISTRY_KEY_ID = os.environ.get("REGISTRY_KEY_ID", "fanbu-demo")
REGISTRY_SECRET = STARTING.registry_secret()
METRICS_TOKEN = os.environ.get("FANBU_METRICS_TOKEN", "")  # without one there is no /metrics
# How messages leave the portal; without an address they stay inside it (docs/operations.md).
MAIL_BACKEND, MAIL_OPTIONS = mail(os.environ)
DEFAULT_FROM_EMAIL = os.environ.get("FANBU_MAIL_FROM") or "fanbu@localhost"
SMS_ADAPTER, SMS_URL, SMS_FOLDER = sms(os.environ)
SMS_SECRET = os.environ.get("FANBU_SMS_SECRET", "")
CHANNEL_TIMEOUT = 10  # seconds
PORTAL_URL = next((origin for origin in os.environ.get("FANBU_ORIGINS", "").split(",") if origin), "")
REGISTRY_LIMITS: dict[str, dict[str, float]] = {}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
SILENCED_SYSTEM_CHECKS = [
    "guardian.W001"
]  # grants stand in guardian's tables and are asked with one EXISTS, never by has_perm
ANONYMOUS_USER_NAME = None
PASSWORD_HASHERS = (
    ["django.contrib.auth.hashers.MD5PasswordHasher"]
    if TESTING
    else ["django.contrib.auth.hashers.Argon2PasswordHasher", "django.contrib.auth.hashers.PBKDF2PasswordHasher"]
)
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "accounts.validators.LongEnough", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_RATE_LIMITS = {"login_failed": None}
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Fanbu"
MFA_FORMS = {"authenticate": "accounts.forms.OneTimeCodeForm", "reauthenticate": "accounts.forms.OneTimeCodeAgainForm"}
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_ENABLE_ADMIN = False
AXES_USERNAME_CALLABLE = "accounts.domain.logins.guarded_name"  # a digest: people type passwords into that box
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "login", "password", "otp", "code"]
AXES_DISABLE_ACCESS_LOG = True  # logins are in the audit trail
API_TOKEN_DAYS = 30
AXES_LOCKOUT_CALLABLE = "accounts.views.session.locked_out"
# Production asks its administrators for a second factor unless the variable is there and says otherwise.
TOTP_REQUIRED_ROLES = [
    role for role in os.environ.get("FANBU_TOTP_ROLES", "administrator" if PRODUCTION else "").split(",") if role
]

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.api.authentication.MembershipTokenAuthentication",
        "accounts.api.authentication.MembershipSessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PARSER_CLASSES": [
        "kit.bodies.BodyParser",
        "rest_framework.parsers.FormParser",
        "rest_framework.parsers.MultiPartParser",
    ],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "casework.api.schema.ProblemSchema",
    "EXCEPTION_HANDLER": "casework.problems.problem_response",
    "DEFAULT_THROTTLE_RATES": {"token": "10/min", "objection": "10/hour"},
    "COERCE_DECIMAL_TO_STRING": True,
    "DEFAULT_METADATA_CLASS": None,
    "NUM_PROXIES": 0,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Fanbu 凡补 API",
    "DESCRIPTION": "补贴性职业技能培训实名制管理:开班、结业、补贴、拨付与统计",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "validatorUrl": None, "defaultModelsExpandDepth": 0},
    "PATH_CONVERTER_OVERRIDES": {"id": int, "year": int},
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "CaseState": "casework.enums.State",
        "JobState": "casework.enums.JobState",
        "Standing": "casework.enums.Standing",
        "Pace": "casework.enums.Pace",
        "OrganisationKind": "accounts.enums.OrganisationKind",
        "Role": "accounts.enums.Role",
        "CertificateKind": "training.enums.CertificateKind",
        "RecognitionAnswer": "eligibility.forms.RECOGNITION_ANSWERS",
        "AssistanceAnswer": "eligibility.forms.ANSWERS",
        "LineState": "subsidies.enums.LineState",
        "PaymentState": "subsidies.enums.PaymentState",
        "BankCorrectionKind": "subsidies.enums.CorrectionKind",
        "BankCorrectionState": "subsidies.enums.CorrectionState",
    },
}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_I18N = USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = os.environ.get("FANBU_STATIC_ROOT", str(BASE_DIR / "static-collected"))
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "config.staticfinder.PackageFinder",
]
STORAGES = {
    "default": {"BACKEND": "kit.storage.WholeFiles"},
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if TESTING
            else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        )
    },
}
MEDIA_ROOT = os.environ.get("FANBU_MEDIA", str(BASE_DIR / "media"))
MEDIA_URL = "/media/"  # nothing is served from there: files go through a permission check
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
FILE_UPLOAD_PERMISSIONS = 0o600

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF, "'unsafe-inline'"],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"  # the table stays the truth; a lost cache costs a query
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 60 * 60 * 10
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if PRODUCTION:
    MIDDLEWARE = ["accounts.middleware.ProxyAddressMiddleware", *MIDDLEWARE]
    SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
    SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz|metrics)$"]
CSRF_FAILURE_VIEW = "accounts.submissions.csrf_failure"
CSRF_TRUSTED_ORIGINS = [origin for origin in os.environ.get("FANBU_ORIGINS", "").split(",") if origin]

CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "bootstrap5"
DJANGO_TABLES2_TEMPLATE = "django_tables2/bootstrap5-responsive.html"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "kit.logs.LineFormatter",
            "format": "%(asctime)s %(levelname)s %(request)s %(name)s %(message)s",
        },
        "json": {
            "()": "kit.logs.JSONFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
            "json_ensure_ascii": False,
        },
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json" if PRODUCTION else "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
