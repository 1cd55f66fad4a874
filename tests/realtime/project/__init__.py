"""A house with nothing but pipes: a door of a few lines over two SQLite tables, so that realtime/ is tested alone."""
