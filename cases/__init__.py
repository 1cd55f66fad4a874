"""The tracker: a case is a channel plus clear, signed acts that are projected into a row supervisors can filter."""
