"""The access matrix cell by cell, and attempts to get around it: what `docs/access.md` shows and tests try."""
