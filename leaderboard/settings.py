"""All settings, from the environment; whatever is wrong with it is said at start.

With nothing set this is the *embedded* mode: SQLite, a Valkey server on a socket, everything in
one folder. With DATABASE_URL and CELERY_BROKER_URL it runs on PostgreSQL and Redis.
"""

import contextlib
import hashlib
import logging
import os
import secrets
import sys
import tempfile
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent
DATA = Path(env.str("OVERTAKE_DATA", default=str(BASE_DIR / "var"))).absolute()
EMBEDDED = "DATABASE_URL" not in os.environ

try:
    DATA.mkdir(mode=0o700, parents=True, exist_ok=True)  # passwords, sessions and keys lie here
except OSError as error:
    sys.exit(f"Cannot make the data folder {DATA}: {error.strerror}. Set OVERTAKE_DATA.")


def _secret_key() -> str:
    """Generated and kept beside the data in the embedded mode; elsewhere it must be given."""
    if given := os.environ.get("SECRET_KEY"):
        return given
    if not EMBEDDED:
        raise ImproperlyConfigured("Set SECRET_KEY: with DATABASE_URL it is not made up here.")
    path = DATA / "secret_key"
    try:
        with open(path, "x", opener=lambda p, flags: os.open(p, flags, 0o600)) as file:
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    except OSError as error:
        sys.exit(f"Cannot write to the data folder {DATA}: {error.strerror}. Set OVERTAKE_DATA.")
    return path.read_text()


SECRET_KEY = _secret_key()
DEBUG = env.bool("DEBUG", default=False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "leaderboard",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
]
MIDDLEWARE = [
    "leaderboard.request_ids.named",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "leaderboard.middleware.require_sound_login",
    "leaderboard.middleware.say_why",
]
ROOT_URLCONF = "leaderboard.urls"
ASGI_APPLICATION = "leaderboard.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "leaderboard.context.site",
            ]
        },
    }
]

WORKER_CONCURRENCY = env.int("WORKER_CONCURRENCY", default=os.cpu_count() or 1)
# Processes that answer for pages; one computes on one core however many threads it has
WEB_PROCESSES = env.int("WEB_PROCESSES", default=2)
if WEB_PROCESSES < 1:
    raise ImproperlyConfigured(f"WEB_PROCESSES is {WEB_PROCESSES}; set it to 1 or more.")

# --- truth: the database ---------------------------------------------------------------------
DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{DATA / 'overtake.sqlite3'}")}
_database = DATABASES["default"]
if _database["ENGINE"].endswith("sqlite3"):
    # WAL lets readers go on while one writes; IMMEDIATE takes the writer's place at the start of
    # a transaction, so that two of them wait for each other instead of failing half way
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
    # a file, because SQLite locks a database in memory by other rules
    _database["TEST"] = {"NAME": str(DATA / "test.sqlite3")}
else:
    _database["CONN_HEALTH_CHECKS"] = True
    # a worker's thread keeps its connection for as long as a grading takes
    _database["OPTIONS"] = {
        "pool": {"min_size": 0, "max_size": max(16, WORKER_CONCURRENCY + 4), "timeout": 10}
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- hints: the broker -----------------------------------------------------------------------
BROKER_SOCKET = DATA / "broker.sock"
_LONGEST_SOCKET = 107  # bytes; the kernel's bound
if len(os.fsencode(BROKER_SOCKET)) > _LONGEST_SOCKET:
    _short = hashlib.sha256(os.fsencode(DATA)).hexdigest()[:12]
    BROKER_SOCKET = Path(tempfile.gettempdir()) / f"overtake-{_short}" / "broker.sock"
CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", default=f"redis+socket://{BROKER_SOCKET}")
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_connect_timeout": 2,
    "socket_timeout": 10,
    # kombu would ask for six seconds; a submission is answered, and the dispatcher sends it later
    "max_retries": 0,
    # in the order of CELERY_TASK_QUEUES: new submissions before reruns
    "queue_order_strategy": "priority",
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
# The canary and standings first: there are few of them, and most take no more than a second
CELERY_TASK_QUEUES: dict[str, dict[str, str]] = {
    "canary": {},
    "standings": {},
    "interactive": {},
    "bulk": {},
}
CELERY_TASK_DEFAULT_QUEUE = "interactive"
CELERY_TASK_CREATE_MISSING_QUEUES = False
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
# Early acknowledgement: the lease in the database, not the message, says whose work it is
CELERY_TASK_ACKS_LATE = False
CELERY_WORKER_DISABLE_PREFETCH = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# Threads, because the computing is done in a process of its own that a thread only watches
CELERY_WORKER_POOL = "threads"
CELERY_WORKER_CONCURRENCY = WORKER_CONCURRENCY
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_BROKER_HEARTBEAT = 0

LEASE_SECONDS = env.float("LEASE_SECONDS", default=60)
# Heartbeats carry the progress and bring the wish to cancel: often enough to free the CPU in 10 s
HEARTBEAT_SECONDS = env.float("HEARTBEAT_SECONDS", default=3)
DISPATCH_SECONDS = env.float("DISPATCH_SECONDS", default=10)
# How often workers have to show that they take what is sent: see leaderboard/canary.py
CANARY_SECONDS = env.float("CANARY_SECONDS", default=30)
# The least time between two checkpoints of a training; they take at most 2 % of the time besides
CHECKPOINT_SECONDS = env.float("CHECKPOINT_SECONDS", default=10)
# The least time between two Standings of a board, however many scores change
STANDING_SECONDS = env.float("STANDING_SECONDS", default=30)
# How many trainings of one evaluation a worker claims and computes together
TRAININGS_AT_ONCE = env.int("TRAININGS_AT_ONCE", default=100)
COMPUTE_MEMORY_MB = env.int("COMPUTE_MEMORY_MB", default=4096)

# --- pages -----------------------------------------------------------------------------------
# Login limits live in the cache, and the cache in the database: they outlast a broker that is
# down or flushed, and a page never needs the broker
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        # past this the table is thinned out by key, and limits that still hold would go with it
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
# Who may read /metrics: whoever sends this as `Authorization: Bearer`; without it, this machine
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(BASE_DIR / "build" / "static")))
# After `manage.py collectstatic` the files have names that change with them, and compressed twins;
# before it they are served from where they lie
_COLLECTED = (STATIC_ROOT / "staticfiles.json").exists() or "collectstatic" in sys.argv
WHITENOISE_USE_FINDERS = not _COLLECTED
with contextlib.suppress(OSError):
    STATIC_ROOT.mkdir(parents=True, exist_ok=True)
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        # shared by all machines, or a training that changes machines begins anew
        "OPTIONS": {"location": env.str("ARTIFACTS", default=str(DATA / "artifacts"))},
    },
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if _COLLECTED
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
LANGUAGE_CODE = "en"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000  # an organiser may run everything again
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

# --- people ----------------------------------------------------------------------------------
AUTH_USER_MODEL = "leaderboard.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "leaderboard.accounts.AccountAdapter"
ACCOUNT_FORMS = {
    name: f"leaderboard.accounts.{form}Form"
    for name, form in {
        "login": "Login",
        "signup": "Signup",
        "add_email": "AddEmail",
        "change_password": "ChangePassword",
        "reset_password": "ResetPassword",
        "reset_password_from_key": "ResetPasswordKey",
        "reauthenticate": "Reauthenticate",
    }.items()
}
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = {"login_failed": "10/5m/key,60/5m/ip", "signup": "60/m/ip"}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
STAFF_NEED_MFA = env.bool("STAFF_NEED_MFA", default=not EMBEDDED)
EMAIL_CONFIG = env.email("EMAIL_URL", default="consolemail://")
globals().update(EMAIL_CONFIG)
HAS_MAIL = "EMAIL_URL" in os.environ
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="overtake@localhost")

# --- security --------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
_HTTPS = env.bool("HTTPS", default=False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _HTTPS
SECURE_SSL_REDIRECT = False
SECURE_HSTS_SECONDS = 31_536_000 if _HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _HTTPS else None
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", default=0)
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "leaderboard.views.site.csrf_failure"

LOG_FORMAT = env.str("LOG_FORMAT", default="line")  # for people, or json for machines
if LOG_FORMAT not in {"line", "json"}:
    raise ImproperlyConfigured(f"LOG_FORMAT is {LOG_FORMAT!r}; set it to line or json.")
logging.captureWarnings(LOG_FORMAT == "json")  # Python's would be lines that are no objects
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "context": {"()": "leaderboard.logs.Context"},
        # two lines every half minute, that all is well: /readyz says it
        "no canary": {"()": "leaderboard.logs.Without", "task": "overtake.canary"},
    },
    "formatters": {
        "line": {"()": "leaderboard.logs.Line"},
        "json": {"()": "leaderboard.logs.Json"},
    },
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "filters": ["context", "no canary"],
            "formatter": LOG_FORMAT,
        }
    },
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", default="INFO")},
    # uvicorn gives its loggers handlers of its own, whose lines no machine could read
    "loggers": {
        name: {"handlers": [], "propagate": True}
        for name in ("uvicorn", "uvicorn.access")
        if LOG_FORMAT == "json"
    },
}
