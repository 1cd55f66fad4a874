"""Settings for the tests that run inside Django; those that go through the outside start `manage.py serve`
with the environment instead. The database is SQLite or, with ENLACE_TEST_STACK=postgres, a fresh one of the run's own
PostgreSQL."""

import os
import tempfile

_folder = tempfile.mkdtemp(prefix="enlace-tests-")
os.environ.setdefault("ENLACE_DEBUG", "1")
os.environ.setdefault("ENLACE_VAR_DIR", _folder)
if os.environ.get("ENLACE_TEST_STACK") == "postgres" and "ENLACE_DATABASE_URL" not in os.environ:
    from tests import services

    os.environ["ENLACE_DATABASE_URL"] = services.postgres()

from config.settings import *  # noqa: E402, F403

# A file, not memory: threads of a test then meet the product's own locks (WAL, IMMEDIATE), not shared-cache ones.
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):  # noqa: F405
    DATABASES["default"]["TEST"] = {"NAME": os.path.join(_folder, "test.sqlite3")}  # noqa: F405

# Pages inside these tests name static files that no one collected.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
PASSWORD_HASHERS = ["tests.quick_passwords.QuickArgon2"]
