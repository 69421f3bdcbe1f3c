from __future__ import annotations

import pytest
import redis
from django.db.migrations.recorder import MigrationRecorder

from farewire.platform.settings import RedisSettings
from farewire_pricing.readiness import database_check, redis_check


def test_a_current_schema_is_ready(transactional_db: None) -> None:
    assert database_check() is None


def test_a_pending_migration_is_not_ready(transactional_db: None) -> None:
    newest = MigrationRecorder.Migration.objects.filter(app="pricing").order_by("-pk")[0]
    newest.delete()
    try:
        assert database_check() == "1 migrations are pending"
    finally:
        newest.save(force_insert=True)


def test_redis_answers_or_says_why_not(redis_url: str) -> None:
    assert redis_check(RedisSettings.model_validate({"redis_url": redis_url})) is None
    with pytest.raises(redis.ConnectionError):
        redis_check(RedisSettings.model_validate({"redis_url": "redis://127.0.0.1:9/0"}))
