"""What the running services export is what docs/metrics.md says, and all that rules and dashboards ask for."""

from __future__ import annotations

import re

from tests.deploy.metric_names import documented, exported, family, matchers, rows, series, used

from .stack import SERVICES, Kind, Stack

_CLASS_OF_STATUS = re.compile(r"[1-5]xx")


def scrape(stack: Stack, kind: Kind) -> str:
    """One instance's figures."""
    status, text = stack.internal(stack.instances(kind)[0], "/metrics")
    assert status == 200
    return text


def scrapes(stack: Stack) -> dict[str, str]:
    return {service: scrape(stack, kind) for kind, service in SERVICES.items()}


def test_every_metric_is_documented_and_every_documented_one_exported(busy: Stack) -> None:
    found = {name for text in scrapes(busy).values() for name in exported(text)}
    assert found == documented()
    assert used() <= found


def test_each_metric_comes_from_whom_the_page_names_with_its_kind_and_labels(busy: Stack) -> None:
    pages = rows()
    for service, text in scrapes(busy).items():
        for name, (kind, samples) in series(text).items():
            page = pages[name]
            assert page.exporter in {service, "all"}, name
            assert page.kind == kind, name
            for labels in samples:
                # `pid` would be a gauge of web's processes that nobody added up.
                assert set(labels) - {"le"} == page.labels, name


def test_what_rules_and_dashboards_pick_by_label_exists(busy: Stack) -> None:
    pages = rows()
    every = {name: samples for text in scrapes(busy).values() for name, (_, samples) in series(text).items()}
    assert matchers()
    for name, label, operator, value in matchers():
        kept = family(name)
        assert label in pages[kept].labels, f"{name} has no label {label}"
        values = {labels[label] for labels in every[kept]}
        if label == "status":  # a healthy site has failed nobody
            assert _CLASS_OF_STATUS.fullmatch(value)
            assert all(_CLASS_OF_STATUS.fullmatch(found) for found in values)
        elif operator == "=":
            assert value in values, f"{name}: no series has {label}={value}, only {sorted(values)}"
        else:  # what is left out must be there too, else the query leaves out nothing
            assert any(re.fullmatch(value, found) for found in values), f"{name}: none of {sorted(values)} matches {value}"
