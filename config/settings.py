"""Every setting of Enlace, in one file. What differs between deployments is read from the environment (config/env.py);
dangerous combinations are refused at start by config/checks.py."""

from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url
from django.utils.translation import gettext_lazy as _

from config import csp, env

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env.text("ENLACE_VAR_DIR", str(BASE_DIR / "var")))

# --- The deployment -------------------------------------------------------------------------------------------------
DEBUG = env.flag("ENLACE_DEBUG")
# A demo database holds a made-up network whose passwords are printed on its sign-in page: never true beside real data.
ENLACE_DEMO = env.flag("ENLACE_DEMO")
SECRET_KEY = env.secret("ENLACE_SECRET_KEY", "only-for-debug-and-tests-never-in-production" if DEBUG else "")
ALLOWED_HOSTS = env.listed("ENLACE_HOSTS", "localhost,127.0.0.1,[::1]" if DEBUG else "")
# Exact origins (scheme://host[:port]) that may open a socket; empty with DEBUG means "the one the page came from".
ENLACE_ORIGINS = env.listed("ENLACE_ORIGINS")
CSRF_TRUSTED_ORIGINS = ENLACE_ORIGINS
# The name of the key log in its signed heads, fixed by the first one; its key is made there at the first start.
ENLACE_LOG_ORIGIN = f"{urlsplit(ENLACE_ORIGINS[0]).netloc if ENLACE_ORIGINS else 'localhost'}/enlace-keys"
ENLACE_LOG_KEY_FILE = env.text("ENLACE_LOG_KEY_FILE")
ENLACE_REDIS_URL = env.secret("ENLACE_REDIS_URL")
# Proxies in front of the server, counted from the right of X-Forwarded-For. 0: the header is ignored.
ENLACE_TRUSTED_PROXIES = env.number("ENLACE_TRUSTED_PROXIES", 0)
# Multiplies the limits of liaison/throttle.py; honoured with DEBUG only, so that the demo can be built in a minute.
ENLACE_THROTTLE_SCALE = env.number("ENLACE_THROTTLE_SCALE", 1) if DEBUG else 1

# --- The house ------------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "config.apps.EnlaceConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "realtime",
    "liaison",
    "messaging",
    "cases",
]
MIDDLEWARE = [
    "config.headers.SecurityHeaders",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "liaison.middleware.OfficerLanguage",
    "liaison.middleware.LiveSession",
    "liaison.middleware.PlainErrors",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "liaison.context.shell",
            ],
            "libraries": {"enlace": "liaison.templatetags.enlace"},
        },
    },
]

# --- Data -----------------------------------------------------------------------------------------------------------
_database = dj_database_url.parse(
    env.secret("ENLACE_DATABASE_URL", f"sqlite:///{VAR_DIR / 'enlace.sqlite3'}"), conn_health_checks=True
)
if _database["ENGINE"].endswith("sqlite3"):
    # Measured: without IMMEDIATE transactions and a wait, half of concurrent writers meet "database is locked".
    # FULL: an acknowledged message survives a power cut.
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
    }
    _database["CONN_MAX_AGE"] = None  # one for each thread that serves (realtime/asgi.py), kept: opening costs milliseconds
else:
    _database.setdefault("OPTIONS", {}).setdefault("pool", {"min_size": 1, "max_size": 12})
    _database["CONN_MAX_AGE"] = 0
DATABASES = {"default": _database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# --- People and sessions --------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "liaison.Officer"
LOGIN_URL = "/signin/"
LOGIN_REDIRECT_URL = "/"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 15}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "liaison.signin.passwords.ContextValidator"},
]
OTP_TOTP_ISSUER = "Enlace"
OTP_TOTP_TOLERANCE = 1
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Strict"
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_COOKIE_HTTPONLY = True  # pages carry the token in <meta name="csrf">; scripts never read a cookie
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEBUG
SESSION_COOKIE_NAME = "sessionid" if DEBUG else "__Host-session"
CSRF_COOKIE_NAME = "csrftoken" if DEBUG else "__Host-csrf"
CSRF_FAILURE_VIEW = "liaison.errors.csrf_failed"

# --- Pages ----------------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "es"
LANGUAGES = [("es", _("Spanish")), ("en", _("English")), ("fr", _("French"))]
LOCALE_PATHS = [BASE_DIR / "config" / "locale"]
LANGUAGE_COOKIE_SAMESITE = "Strict"
TIME_ZONE = "UTC"
USE_TZ = True
STATIC_URL = "/static/"
STATICFILES_DIRS = [("build", BASE_DIR / "build" / "static")]
STATIC_ROOT = VAR_DIR / "static"
STORAGES = {
    # Sealed files. Several machines need a storage that they share.
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": VAR_DIR / "files"}},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_USE_FINDERS = False

# --- The promise of the pages (docs/threat-model.md) ----------------------------------------------------------------
CONTENT_SECURITY_POLICY = {"DIRECTIVES": csp.DIRECTIVES}
# Nothing to other sites. "no-referrer" would also blank the Origin of our own forms, which the CSRF check reads.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_HSTS_SECONDS = 0 if DEBUG else 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = not DEBUG
SECURE_SSL_REDIRECT = False  # the proxy that holds the certificate redirects; the server itself is never reachable in the clear
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]  # nothing a person sends is spooled to disk

# --- Real time ------------------------------------------------------------------------------------------------------
ENLACE_SOCKET_DOOR = "messaging.socket.door"

# --- Logs hold ids and codes, never names, text, tokens or query strings ---------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "config.logs.OneLine"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.text("ENLACE_LOG_LEVEL", "WARNING")},
    "loggers": {
        # Django's own lines name the address of every refused request, and with it invitation tokens and ids.
        "django.request": {"level": "ERROR"},
        "django.security": {"level": "ERROR"},
        "enlace.access": {"level": "INFO" if env.flag("ENLACE_ACCESS_LOG", not DEBUG) else "WARNING"},
    },
}
