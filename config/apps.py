from django.apps import AppConfig


class EnlaceConfig(AppConfig):
    """Registers the deployment checks and the commands that concern the whole house."""

    name = "config"

    def ready(self) -> None:
        from config import checks  # noqa: F401  importing registers them
