"""The access matrix cell by cell, and attempts to get around it: the tests try what `docs/access.md` shows."""
