"""Test support: the pytest plugin that gives tests a real PostgreSQL and Redis, and the settings tests run under."""
