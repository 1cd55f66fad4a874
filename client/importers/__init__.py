"""Lists become cases: reads a file into cells, places the cells, shows what could not be placed; sealing is the caller's.

The twin of cases/static/cases/js/import; both read the tables beside this file and pass the same tests.
"""

from client.importers.place import Preview, preview
from client.importers.tables import read_table, tables

__all__ = ["Preview", "preview", "read_table", "tables"]
