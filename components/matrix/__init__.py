"""The access matrix cell by cell, and attempts to get around it: shown in `docs/access.md`, tried by tests."""
