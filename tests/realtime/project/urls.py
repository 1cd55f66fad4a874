"""Pages that the tests of the pipes fetch and post to."""

import time

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from realtime import status
from realtime.hub import hub
from tests.realtime.project.door import head_of


@csrf_exempt
def take(request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(len(request.body)))


def redirect(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=302, headers={"Location": f"{request.META['SCRIPT_NAME']}/ok"})


def slow(request: HttpRequest) -> HttpResponse:
    time.sleep(float(request.GET["seconds"]))  # a request in flight, on purpose
    return HttpResponse("done")


def say(request: HttpRequest) -> HttpResponse:
    """A frame from a view: ?to=topic&text=... or ?officer=..."""
    query = request.GET
    hub.publish({"t": "board", "text": query["text"]}, query.get("to"), officer=query.get("officer"))
    return HttpResponse("said")


def change(request: HttpRequest) -> HttpResponse:
    """?officer=&channel=&act=admit|expel|quietly: membership in the table, and unless `quietly` in the hub too."""
    officer, channel, act = request.GET["officer"], request.GET["channel"], request.GET["act"]
    with connection.cursor() as cursor:
        if act == "admit":
            cursor.execute("INSERT INTO member VALUES (%s, %s)", [officer, channel])
            hub.admit(officer, channel, head_of(channel))
        else:
            cursor.execute("DELETE FROM member WHERE officer = %s AND channel = %s", [officer, channel])
            if act == "expel":
                hub.expel(officer, channel)
    return HttpResponse("changed")


def sign_out(request: HttpRequest) -> HttpResponse:
    hub.close(4401, session=request.GET["session"])
    return HttpResponse("out")


urlpatterns = [
    path("take", take),
    path("redirect", redirect),
    path("slow", slow),
    path("say", say),
    path("change", change),
    path("sign-out", sign_out),
    path("status", lambda request: JsonResponse(status())),
]
