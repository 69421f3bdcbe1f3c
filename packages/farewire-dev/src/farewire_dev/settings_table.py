"""Writes docs/settings.md from the settings classes: `python -m farewire_dev.settings_table`, with --check to compare only."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from farewire.platform.settings import PREFIX, ServiceSettings
from farewire_gateway.configuration import GatewaySettings
from farewire_pricing.configuration import WorkerSettings
from farewire_web.configuration import WebSettings

ROOT = Path(__file__).resolve().parents[4]
DESTINATION = ROOT / "docs" / "settings.md"
NGINX_DEFAULTS = ROOT / "deploy" / "nginx" / "defaults.env"

COMPOSE = {
    "FAREWIRE_PORT": ("8080", "Where the front door listens, for `make run` and `make up`."),
    "FAREWIRE_DAYS": ("30", "For how many days of departures, from today on, the shipped schedule is loaded."),
    "FAREWIRE_SECRETS": ("./secrets", "The directory of secrets, which `make secrets` fills and compose.yaml mounts one by one."),
    "FAREWIRE_RELEASE": ("dev", "The release that is built and run: the images' tag, and what logs and metrics name."),
    "FAREWIRE_REVISION": ("unknown", "The commit that images are labelled with; `make up` and `make upgrade` say that of the checkout."),
    "FAREWIRE_PROMETHEUS_PORT": ("9090", "Where Prometheus answers on this machine, with the profile `observability`."),
    "FAREWIRE_GRAFANA_PORT": ("3000", "Where Grafana answers on this machine, with the profile `observability`."),
}
"""What compose.yaml itself reads; none of it but the release reaches a container."""

_HEAD = """\
# Settings

<!-- Written by `python -m farewire_dev.settings_table` from the settings classes; edit those, not this. -->

Every service reads its settings from the environment, once, at its start. Each may be given as a file instead: `FAREWIRE_X_FILE`
names a file that holds the value of `FAREWIRE_X`, which is how secrets are given. A variable that begins with `FAREWIRE_` and that the
service does not know, a value of the wrong type and a secret that is missing stop the start with a sentence that says which.
"""


def service_settings() -> dict[str, type[ServiceSettings]]:
    """Each service's settings class, by the service's name."""
    return {"web": WebSettings, "ws-gateway": GatewaySettings, "pricing-worker": WorkerSettings}


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "**required**"
    default: Any = field.get_default(call_default_factory=True)
    if isinstance(default, SecretStr):
        return "a secret" if default.get_secret_value() else "empty"
    if default is None:
        return "none"
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    return f"`{default}`" if str(default) else "empty"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _services_table() -> Iterator[str]:
    services = service_settings()
    names = sorted({name for kind in services.values() for name in kind.model_fields})
    yield "| variable | default | read by | what it says |"
    yield "| --- | --- | --- | --- |"
    for name in names:
        readers = [service for service, kind in services.items() if name in kind.model_fields]
        fields = [services[service].model_fields[name] for service in readers]
        defaults = {service: _default(field) for service, field in zip(readers, fields, strict=True)}
        default = (
            next(iter(defaults.values())) if len(set(defaults.values())) == 1 else ", ".join(f"{d} ({s})" for s, d in defaults.items())
        )
        meaning = list(dict.fromkeys(field.description or "" for field in fields))
        yield f"| `{PREFIX}{name.upper()}` | {_cell(default)} | {', '.join(readers)} | {_cell(' / '.join(meaning))} |"


def _nginx_table() -> Iterator[str]:
    """The variables of the front door, each with the comment that stands above it, or above its group."""
    yield "| variable | default | what it says |"
    yield "| --- | --- | --- |"
    comment: list[str] = []
    fresh = True
    for line in NGINX_DEFAULTS.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            comment = [*([] if fresh else comment), line.lstrip("# ")]
            fresh = False
        elif match := re.fullmatch(r"([A-Z_]+)=(.*)", line):
            default = f"`{match[2]}`" if match[2] else "empty"
            yield f"| `{match[1]}` | {_cell(default)} | {_cell(' '.join(comment))} |"
            fresh = True
        else:
            comment, fresh = [], True


def settings_document() -> str:
    """The whole of docs/settings.md."""
    compose = [f"| `{name}` | `{default}` | {meaning} |" for name, (default, meaning) in COMPOSE.items()]
    parts = [
        _HEAD,
        "## The services",
        "",
        *_services_table(),
        "",
        "`PROMETHEUS_MULTIPROC_DIR` is prometheus-client's own: web sets it for its processes where nobody else does.",
        "",
        "## The front door",
        "",
        "nginx's templates in `deploy/nginx/templates` are rendered with these, from `deploy/nginx/defaults.env`.",
        "",
        *_nginx_table(),
        "",
        "## compose.yaml and make",
        "",
        "| variable | default | what it says |",
        "| --- | --- | --- |",
        *compose,
        "",
    ]
    return "\n".join(parts)


def main() -> int:
    """Write the document, or with --check tell whether it is current."""
    parser = argparse.ArgumentParser(prog="python -m farewire_dev.settings_table", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 if the document is not current")
    check = parser.parse_args().check
    document = settings_document()
    if not check:
        DESTINATION.write_text(document, encoding="utf-8")
        return 0
    if DESTINATION.exists() and DESTINATION.read_text(encoding="utf-8") == document:
        return 0
    print(f"{DESTINATION.relative_to(ROOT)} is not current; run python -m farewire_dev.settings_table", file=sys.stderr)
    return 1


if __name__ == "__main__":
    raise SystemExit(main())
