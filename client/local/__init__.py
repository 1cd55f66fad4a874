"""`enlace open`: the pages of a host on this machine, with code from this package (docs/adr/0023).

guard.py says who may ask and what may not leave, line.py speaks with the host, server.py puts them together."""
