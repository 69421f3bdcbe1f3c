"""PostgreSQL, a Redis-protocol server and nginx from PyPI wheels: no Docker, no root, no service."""
