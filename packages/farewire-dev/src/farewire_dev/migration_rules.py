"""Holds migrations to expand and contract, so that a release can be rolled out beside the one before it, and back.

A migration that only adds (expands) may run while the release before still answers. One that takes away or narrows
(contracts) says so, by an attribute of its class that names the first release whose code no longer needs what goes:

    class Migration(migrations.Migration):
        contracts = "1.4.0"

It may be merged once that release is out, which is to say when the release under way is a later one.
A test holds every migration to this; the steps of an upgrade stand in docs/operations.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from django.db import connection
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from django_migration_linter.sql_analyser.analyser import analyse_sql_statements
from django_migration_linter.sql_analyser.postgresql import PostgresqlAnalyser

NARROWING = "ADD CONSTRAINT"  # the linter knows columns and tables; a new CHECK or key on a live table refuses old code too


def _release(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split("."))


def statements_of(migration: Migration, before: ProjectState) -> list[str]:
    """The SQL that a migration would run on a schema of the state `before`; nothing is run."""
    with connection.schema_editor(collect_sql=True, atomic=migration.atomic) as editor:
        migration.apply(before.clone(), editor, collect_sql=True)
    return [statement for statement in editor.collected_sql if not statement.startswith("--")]


def narrowing_of(statements: Sequence[str]) -> list[str]:
    """What the statements take from code that still runs, or keep it from doing; one sentence each."""
    errors, _, warnings = analyse_sql_statements(PostgresqlAnalyser, list(statements))
    found = [" ".join(filter(None, [issue.message, issue.table, issue.column])) for issue in (*errors, *warnings)]
    created = [statement.split()[2].strip('"') for statement in statements if statement.upper().startswith("CREATE TABLE")]
    constraints = [statement for statement in statements if statement.startswith("ALTER TABLE") and NARROWING in statement]
    in_use = [statement for statement in constraints if statement.split()[2].strip('"') not in created]
    return [*found, *(f"a constraint on a table in use: {statement[:100]}" for statement in in_use)]


def faults_of(migration: Migration, statements: Sequence[str], *, release: str) -> Iterator[str]:
    """Why a migration must not be merged into `release`; nothing where it may."""
    name = f"{migration.app_label}.{migration.name}"
    for operation in migration.operations:
        if not operation.reversible:
            yield f"{name}: {operation.describe()} cannot be undone; give it its reverse, so that the release can be rolled back"
    if migration.initial:
        return
    contracts: str | None = getattr(migration, "contracts", None)
    if contracts is None:
        for reason in narrowing_of(statements):
            yield f"{name}: {reason}; expand now, and contract in a later release by a migration that says `contracts`"
    elif _release(contracts) >= _release(release):
        yield f"{name}: contracts what release {contracts} still had to do without, and this is {release}; wait for the next"


def faults(loader: MigrationLoader, labels: Iterable[str], *, release: str) -> list[str]:
    """Every fault of every migration of the apps with these labels, in the order in which they would run."""
    found: list[str] = []
    for key in sorted(loader.disk_migrations):
        if key[0] in set(labels):
            migration = loader.graph.nodes[key]
            before = loader.project_state(key, at_end=False)
            found += faults_of(migration, statements_of(migration, before), release=release)
    return found
