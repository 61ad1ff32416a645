"""The CrossGuard pack: rules by theme. The pack itself is started by `__main__.py` alone."""
