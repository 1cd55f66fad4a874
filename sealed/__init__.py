"""The sealed protocol `enl1` (docs/protocol.md), in Python; its JavaScript twin is in sealed/js.

Modules named `open_*` hold or use secrets; the server imports none of them. No Django, no input or output.
"""
