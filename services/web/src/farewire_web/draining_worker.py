"""A gunicorn worker that drops no connection when it is told to stop."""

from __future__ import annotations

from typing import Any

from gunicorn.workers.gthread import ThreadWorker


class DrainingWorker(ThreadWorker):  # type: ignore[misc]  # it ships no types
    """Takes up every connection that was made before it stopped, and refuses later ones at once.

    gunicorn's own worker stops accepting but keeps its listening socket open while it drains: whoever connects meanwhile
    has its request taken by the kernel, waits for seconds and is then reset, and a proxy must not send a request again that
    it has sent. A refused connection it can turn to another server. (gunicorn's issues 922, 2409 and 3397.)
    """

    sockets: list[Any]
    """gunicorn's: what it listens on."""

    def set_accept_enabled(self, enabled: bool) -> None:  # noqa: FBT001  # gunicorn's signature
        """Once stopped, empty the queue of the listening sockets and close them."""
        super().set_accept_enabled(enabled)
        if enabled or self.alive:
            return
        listeners, self.sockets = self.sockets, []
        for listener in listeners:
            taken = -1
            while taken < self.nr_conns:
                taken = self.nr_conns
                self.accept(listener)
            listener.close()
