"""`farewire-web`: serve the site, migrate its database, manage it."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from farewire.platform.settings import SettingsError


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command; exits with 2 and a sentence per fault where the settings are wrong."""
    parser = argparse.ArgumentParser(
        prog="farewire-web",
        description="Pages and the JSON API. Everything is set by FAREWIRE_ variables; see docs/settings.md.",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("serve", help="answer requests until SIGTERM, then finish those in hand and exit with 0")
    commands.add_parser("migrate", help="bring the database's schema up to date; two at once do no harm")
    manage = commands.add_parser("manage", help="run a management command, such as load_schedule; `manage help` lists them", add_help=False)
    manage.add_argument("rest", nargs=argparse.REMAINDER)
    chosen = parser.parse_args(arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "farewire_web.settings")
    try:
        _run(chosen)
    except SettingsError as error:
        print(error, file=sys.stderr)
        sys.exit(2)


def _run(chosen: argparse.Namespace) -> None:
    """Import what the command needs only now: --help needs no settings, and metrics need to know where they are kept."""
    if chosen.command == "serve":
        from farewire_web.metrics_directory import metrics_directory  # noqa: PLC0415

        with metrics_directory():
            from farewire_web.serve import serve  # noqa: PLC0415

            serve()
    elif chosen.command == "migrate":
        from farewire_web.migrate import migrate  # noqa: PLC0415

        migrate()
    else:
        from farewire_web.migrate import manage  # noqa: PLC0415

        manage(chosen.rest)


if __name__ == "__main__":
    main()
