"""The access matrix cell by cell, and attempts to get around it: `docs/access.md` shows what tests try."""
