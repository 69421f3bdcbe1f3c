"""`farewire-pricing`: price what changes, or price everything once."""

from __future__ import annotations

import argparse
import os
import sys

from farewire.platform.settings import SettingsError


def main() -> None:
    """Run the command that was asked for."""
    parser = argparse.ArgumentParser(
        prog="farewire-pricing",
        description="The pricing worker. Everything is set by FAREWIRE_ variables; see docs/settings.md.",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("run", help="price what changes and what falls due, publish it and sweep holds, until SIGTERM")
    commands.add_parser("price", help="price all flights that never were, in order of departure, and exit")
    arguments = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "farewire_pricing.settings")
    try:
        import django  # noqa: PLC0415  # --help answers without settings

        django.setup()
    except SettingsError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
    from farewire_pricing import commands as run  # noqa: PLC0415  # models need Django set up

    sys.exit({"run": run.work, "price": run.price}[arguments.command]())


if __name__ == "__main__":
    main()
