"""The tracker of shared cases, plugged into the channels."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "cases"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from cases import actions
        from messaging import hooks

        hooks.register(
            act_validator=actions.take_act,
            control_validator=actions.guard_members,
            guest_access=actions.may_answer,
            case_views=actions.case_views,
            channel_created=actions.require_case,
        )
