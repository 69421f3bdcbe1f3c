"""Migrations expand first and contract later."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import connection, migrations, models
from django.db.migrations.loader import MigrationLoader

from farewire.platform.apps import KERNEL_APPS
from farewire_dev.migration_rules import faults, faults_of, statements_of

pytestmark = pytest.mark.django_db

LABELS = [config.label for config in apps.get_app_configs() if config.name in KERNEL_APPS]


def verdict(*operations, contracts=None, release="1.5.0", atomic=True):
    """The faults of a migration of `inventory` that comes after all of ours."""
    migration = migrations.Migration("9999_tried", "inventory")
    migration.operations = list(operations)
    migration.atomic = atomic
    migration.initial = False
    if contracts:
        migration.contracts = contracts
    state = MigrationLoader(connection).project_state()
    return list(faults_of(migration, statements_of(migration, state), release=release))


def test_our_migrations_keep_the_rules():
    assert faults(MigrationLoader(connection), LABELS, release="0.1.0") == []


def test_what_only_adds_expands():
    assert verdict(migrations.AddField("cabin", "note", models.TextField(null=True))) == []
    assert verdict(migrations.AddField("cabin", "note", models.TextField(db_default=""))) == []
    assert verdict(migrations.CreateModel("Thing", [("id", models.BigAutoField(primary_key=True)), ("name", models.TextField())])) == []


@pytest.mark.django_db(transaction=True)
def test_an_index_is_added_without_a_lock():
    assert verdict(AddIndexConcurrently("cabin", models.Index(fields=["held"], name="cabin_held")), atomic=False) == []


@pytest.mark.parametrize(
    "operation",
    [
        migrations.RemoveField("cabin", "blocked"),
        migrations.RenameField("cabin", "held", "on_hold"),
        migrations.RenameModel("Cabin", "Compartment"),
        migrations.DeleteModel("LedgerEntry"),
        migrations.AddField("cabin", "note", models.TextField(default="")),
        migrations.AlterField("cabin", "sold", models.BigIntegerField(default=0)),
        migrations.AddIndex("cabin", models.Index(fields=["held"], name="cabin_held")),
        migrations.AddConstraint("cabin", models.CheckConstraint(condition=models.Q(held__lte=9), name="cabin_held_few")),
        migrations.AddConstraint("cabin", models.UniqueConstraint(fields=["seq"], name="cabin_seq_once")),
    ],
    ids=lambda operation: type(operation).__name__,
)
def test_what_old_code_would_stumble_over_has_to_wait(operation):
    (first, *_) = verdict(operation)
    assert "expand now, and contract in a later release" in first


def test_contracting_waits_until_the_release_that_stopped_using_it_is_out():
    drop = migrations.RemoveField("cabin", "blocked")
    assert verdict(drop, contracts="1.4.0") == []
    (fault,) = verdict(drop, contracts="1.5.0")
    assert "wait for the next" in fault


def test_what_cannot_be_undone_cannot_be_rolled_back():
    (fault,) = verdict(migrations.RunSQL("SELECT 1"))
    assert "cannot be undone" in fault
    assert verdict(migrations.RunSQL("SELECT 1", migrations.RunSQL.noop)) == []
