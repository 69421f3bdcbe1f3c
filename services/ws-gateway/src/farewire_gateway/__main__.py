"""`farewire-gateway`: serve the feed."""

from __future__ import annotations

import argparse
import asyncio
import sys

import uvloop

from farewire.platform.settings import SettingsError


def main() -> None:
    """Serve until SIGTERM, then drain and exit with 0."""
    parser = argparse.ArgumentParser(
        prog="farewire-gateway",
        description="The live feed: websockets at /ws/flight_updates/. Everything is set by FAREWIRE_ variables; see docs/settings.md.",
    )
    parser.parse_args()
    try:
        # Read only now, so that --help needs no settings.
        from farewire_gateway.asgi import application  # noqa: PLC0415
        from farewire_gateway.settings import FAREWIRE  # noqa: PLC0415
    except SettingsError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
    from farewire_gateway.process import serve  # noqa: PLC0415

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(application, FAREWIRE))


if __name__ == "__main__":
    main()
