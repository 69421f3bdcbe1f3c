"""Which process of a parallel run takes which test: those of one whole system go to one process, which starts it once."""

import re

from xdist.scheduler import LoadScopeScheduling

_SYSTEM = re.compile(r"[\[-](containers|processes)[\]-]")
_WHOLE = ("tests/integration/", "tests/e2e/")


def scope_of(nodeid: str) -> str:
    """What a test shares a process with: its system, its module where that starts a system itself, or nothing.

    xdist's own groups would say the same, but go by a changed node id, which pytest 9 does not let be changed.
    """
    if not nodeid.startswith(_WHOLE):
        return nodeid
    system = _SYSTEM.search(nodeid)
    if system is not None:
        return system[1]
    return "browser" if nodeid.startswith("tests/e2e/") else nodeid.partition("::")[0]


class SystemScheduling(LoadScopeScheduling):  # type: ignore[misc]  # its types are not exported
    """One scope at a time for each process, as soon as it has nothing left to do."""

    def _split_scope(self, nodeid: str) -> str:
        return scope_of(nodeid)
