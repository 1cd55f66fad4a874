"""The pipes: who hears what, written once and to many. Knows no model and opens nothing."""


def status() -> dict[str, object]:
    """-> {"bus": "none" | "up" | "down", "sockets": int} of this process, for the readiness page."""
    from realtime.hub import hub

    return {"bus": hub.bus.state, "sockets": hub.sockets}
