"""Settings of the house with nothing but pipes. Everything a test varies comes from the environment."""

import os

SECRET_KEY = "only-for-the-tests-of-the-pipes"
DEBUG = os.environ.get("PIPES_DEBUG", "1") == "1"
ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
ENLACE_ORIGINS = [origin for origin in os.environ.get("PIPES_ORIGINS", "").split(",") if origin]
ENLACE_REDIS_URL = os.environ.get("ENLACE_REDIS_URL", "")
ENLACE_SOCKET_DOOR = "tests.realtime.project.door.door"
ENLACE_THROTTLE_SCALE = int(os.environ.get("PIPES_SCALE", "1"))
INSTALLED_APPS = ["realtime"]
ROOT_URLCONF = "tests.realtime.project.urls"
ASGI_APPLICATION = "tests.realtime.project.asgi.application"
USE_TZ = True
DATA_UPLOAD_MAX_MEMORY_SIZE = None  # the limit under test is the server's
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": os.environ.get("PIPES_DATABASE", ":memory:"),
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": "PRAGMA journal_mode=WAL"},
    }
}
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    # Django logs the path of every refused request, tokens included.
    "loggers": {"enlace": {"level": "INFO"}, "django.request": {"level": "ERROR"}},
}
