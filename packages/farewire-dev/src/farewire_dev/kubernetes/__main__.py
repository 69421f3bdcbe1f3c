"""`python -m farewire_dev.kubernetes`: render an overlay, validate all that can be rendered, copy the rules."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from farewire_dev.kubernetes.combinations import COMBINATIONS
from farewire_dev.kubernetes.rendering import RenderingError, combination_render, kustomize, manifests_of, overlay_names, overlay_path
from farewire_dev.kubernetes.rule_copy import rules_write
from farewire_dev.kubernetes.validation import KUBERNETES_VERSIONS, faults


def main() -> int:
    """Exit status 1 where something cannot be rendered or is refused by a schema."""
    parser = argparse.ArgumentParser(prog="farewire_dev.kubernetes", description="The manifests of deploy/k8s.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    render = commands.add_parser("render", help="print what `kubectl apply -k` would send")
    render.add_argument("overlay")
    validate = commands.add_parser("validate", help="hold overlays, or everything, to the schemas")
    validate.add_argument("overlay", nargs="*")
    commands.add_parser("rules", help="write the PrometheusRule from deploy/observability")
    chosen = parser.parse_args()
    try:
        if chosen.command == "render":
            print(kustomize(overlay_path(chosen.overlay)), end="")
        elif chosen.command == "rules":
            rules_write()
        else:
            return _validate(chosen.overlay)
    except RenderingError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _validate(overlays: list[str]) -> int:
    refused = 0
    with tempfile.TemporaryDirectory() as directory:
        for name, text in _rendered(overlays, Path(directory)):
            manifests = manifests_of(text)
            found = list(faults(manifests))
            refused += len(found)
            print(f"{name}: {len(manifests)} objects, {f'{len(found)} faults' if found else 'valid'}")
            for fault in found:
                print(f"  {fault}")
    print(f"strictly, against Kubernetes {' and '.join(KUBERNETES_VERSIONS)}")
    return 1 if refused else 0


def _rendered(overlays: list[str], scratch: Path) -> Iterator[tuple[str, str]]:
    for name in overlays or overlay_names():
        yield f"overlay {name}", kustomize(overlay_path(name))
    if not overlays:
        for number, components in enumerate(COMBINATIONS):
            yield f"base + {' + '.join(components) or 'nothing'}", combination_render(components, scratch=scratch / str(number))


if __name__ == "__main__":
    sys.exit(main())
