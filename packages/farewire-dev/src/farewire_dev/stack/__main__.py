"""`python -m farewire_dev.stack`: run the whole of Farewire on this machine, until told to stop."""

import argparse
import os
import signal
import sys
import time
from pathlib import Path
from types import FrameType

from farewire_dev.servers.launch import die_with_parent
from farewire_dev.stack.embedded import EmbeddedStack
from farewire_dev.stack.options import DEFAULT_PORT, Options, repository
from farewire_dev.stack.voice import Terminal

_LOOK_SECONDS = 0.25
_HIGHEST_PORT = 65_535


class Told(Exception):  # no error: somebody asked for it
    """Somebody told us to stop."""


class Ear:
    """Hears SIGINT, SIGTERM and SIGHUP. Nothing is interrupted in the middle: whoever waits asks now and then."""

    def __init__(self) -> None:
        # A plain flag: an event's lock could be held by the very code that the handler interrupts.
        self.heard = False
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._hear)

    def _hear(self, _number: int, _frame: FrameType | None) -> None:
        self.heard = True

    def check(self) -> None:
        """Raise Told once a signal was heard."""
        if self.heard:
            raise Told


def port_number(text: str) -> int:
    """A TCP port, from FAREWIRE_PORT or --port."""
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= _HIGHEST_PORT:
        raise argparse.ArgumentTypeError(f"{text!r} is no port; give a number from 1 to {_HIGHEST_PORT}")
    return int(text)


def parse(arguments: list[str] | None = None) -> Options:
    """Read the command line; FAREWIRE_PORT stands in for --port."""
    root = repository()
    parser = argparse.ArgumentParser(
        prog="python -m farewire_dev.stack",
        description="Run all of Farewire on this machine: PostgreSQL, Redis and nginx from wheels, web, gateways, a pricing worker "
        "and simulated travellers. Ctrl-C stops everything; the data stay for the next start.",
    )
    parser.add_argument("--data", type=Path, default=root / ".farewire", help="where everything is kept (%(default)s)")
    parser.add_argument(
        "--port",
        type=port_number,
        default=os.environ.get("FAREWIRE_PORT") or str(DEFAULT_PORT),
        help=f"the front door's port (FAREWIRE_PORT, or {DEFAULT_PORT})",
    )
    parser.add_argument("--address", default="127.0.0.1", help="the address it listens on; 0.0.0.0 lets the network in (%(default)s)")
    parser.add_argument("--schedule", type=Path, default=root / "data" / "schedule.ssim", help="the SSIM file to load (%(default)s)")
    parser.add_argument("--days", type=int, default=30, help="how many days of departures (%(default)s)")
    parser.add_argument("--keep-dates", action="store_true", help="take the file's own dates, instead of repeating its weeks from today")
    parser.add_argument("--gateways", type=int, default=2, help="how many gateways (%(default)s)")
    parser.add_argument("--workers", type=int, default=1, help="how many pricing workers (%(default)s)")
    parser.add_argument("--shoppers", type=float, default=1.0, metavar="RATE", help="travellers a second, 0 for none (%(default)s)")
    parser.add_argument("--empty", action="store_true", help="open every departure empty, instead of sold as far as is usual")
    chosen = parser.parse_args(arguments)
    return Options(
        data=chosen.data,
        schedule=chosen.schedule.absolute(),
        port=chosen.port,
        address=chosen.address,
        days=chosen.days,
        redate=not chosen.keep_dates,
        gateways=chosen.gateways,
        workers=chosen.workers,
        shoppers=chosen.shoppers,
        history=not chosen.empty,
    )


def main() -> None:
    """Run the stack. Exit code 0 after being told to stop, 1 where the start failed."""
    options = parse()
    ear = Ear()
    if "MAKELEVEL" in os.environ:
        # A killed make would otherwise leave us behind.
        die_with_parent(parent=os.getppid(), death_signal=signal.SIGTERM)
    voice = Terminal()
    stack = EmbeddedStack(options, voice=voice, keep_on=ear.check)
    failure: str | None = None
    try:
        stack.start()
        voice.say(f"Farewire is live: {stack.url}")
        voice.say(f"Logs are in {stack.home.directory / 'logs'}. Ctrl-C stops everything.")
        while not ear.heard:
            time.sleep(_LOOK_SECONDS)
            stack.look()
    except Told:
        pass
    except (OSError, RuntimeError) as error:
        failure = str(error)
    finally:
        if stack.supervisor.kept:
            voice.say("Stopping everything")
        stack.stop()
    if failure is not None:
        sys.exit(f"Farewire did not start: {failure}")
    voice.say("Stopped; the data stay for the next start")


if __name__ == "__main__":
    main()
