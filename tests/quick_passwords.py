from django.contrib.auth.hashers import Argon2PasswordHasher


class QuickArgon2(Argon2PasswordHasher):
    """The same form and the same code, at the least that Argon2 allows."""

    time_cost = 1
    memory_cost = 8  # KiB
    parallelism = 1
