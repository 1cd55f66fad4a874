"""Addresses of the tracker. A code in an address has exactly one spelling; anything else is not there."""

from django.urls import path, register_converter

from cases import api, views
from cases.codes import PATTERN


class CaseCode:
    regex = "[A-Z]{2}-[A-Z]{5}-[A-Z]{5}-[0-9A-Z]"

    def to_python(self, value: str) -> str:
        if PATTERN.fullmatch(value) is None:
            raise ValueError
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(CaseCode, "casecode")

urlpatterns = [
    path("cases/", views.board, name="board"),
    path("cases/new/", views.new_case, name="new_case"),
    path("cases/import/", views.import_page, name="import_cases"),
    path("cases/<casecode:code>/", views.case_page, name="case"),
    path("api/cases", api.cases, name="api_cases"),
    path("api/cases/board", api.board_numbers, name="api_board"),
    path("api/cases/kinds", api.kind_list, name="api_kinds"),
    path("api/cases/<casecode:code>", api.case, name="api_case"),
]
