"""What the tests' hosts run with: Enlace's own settings, but a password's hash costs little. A real one takes a third of a second
of a core, at each of the hundreds of sign-ins of a run; that it does is asserted in tests/house/test_ground.py."""

from config.settings import *  # noqa: F403

PASSWORD_HASHERS = ["tests.quick_passwords.QuickArgon2"]
