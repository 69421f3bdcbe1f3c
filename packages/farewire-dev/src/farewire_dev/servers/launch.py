"""Ties a child to its parent and drops root, then becomes the child's program.

Run as `python -m farewire_dev.servers.launch PARENT DEATH_SIGNAL ROOT PROGRAM [ARGUMENT …]`. A program of its own rather than a
`preexec_fn`, because forked Python code in a process with threads can deadlock.
"""

import ctypes
import ctypes.util
import os
import pwd
import sys

KEEP_ROOT = "keep-root"
DROP_ROOT = "drop-root"

# Linux's numbers: prctl(2), capabilities(7), linux/capability.h.
_PR_SET_PDEATHSIG = 1
_PR_SET_KEEPCAPS = 8
_PR_CAP_AMBIENT = 47
_PR_CAP_AMBIENT_RAISE = 2
_CAPABILITY_VERSION_3 = 0x20080522
_CAP_DAC_OVERRIDE = 1
_CAP_NET_BIND_SERVICE = 10
_KEPT = (_CAP_DAC_OVERRIDE, _CAP_NET_BIND_SERVICE)


class _CapabilityHeader(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _CapabilityWord(ctypes.Structure):
    _fields_ = (("effective", ctypes.c_uint32), ("permitted", ctypes.c_uint32), ("inheritable", ctypes.c_uint32))


def unprivileged_user() -> tuple[int, int]:
    """Who PostgreSQL and nginx run as where we are root: (uid, gid) of `nobody`.

    initdb asks the system for its user's name, so a number without an entry would not do.
    """
    entry = pwd.getpwnam("nobody")
    return entry.pw_uid, entry.pw_gid


def drop_root() -> None:
    """Become `nobody`, but keep passing through directories that only root may enter.

    PostgreSQL refuses root by its user id alone, while the checkout and its virtual environment may well lie below a home
    directory of mode 0700. The capability is kept instead of opening that directory to everyone. Where it cannot be kept
    (a restricted container) the program runs without it, and needs a checkout that everyone may enter.
    """
    uid, gid = unprivileged_user()
    libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
    if libc is not None:
        libc.prctl(_PR_SET_KEEPCAPS, 1, 0, 0, 0)
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)
    if libc is None:
        return
    header = _CapabilityHeader(_CAPABILITY_VERSION_3, 0)
    words = (_CapabilityWord * 2)()
    libc.capget(ctypes.byref(header), words)
    kept = sum(1 << capability for capability in _KEPT) & words[0].permitted
    words[0].effective = words[0].permitted = words[0].inheritable = kept
    words[1].effective = words[1].permitted = words[1].inheritable = 0
    libc.capset(ctypes.byref(header), words)
    for capability in _KEPT:
        libc.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, capability, 0, 0)


def die_with_parent(*, parent: int, death_signal: int) -> None:
    """Have the kernel send `death_signal` when the parent dies, even by SIGKILL (Linux only).

    Set after the change of user, which clears it. A parent that died before this call is told by its changed id.
    """
    if sys.platform != "linux":
        return
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, death_signal, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit(0)


def main() -> None:
    """Change what is asked for, then exec."""
    parent, death_signal, root, *command = sys.argv[1:]
    if root == DROP_ROOT and os.geteuid() == 0:
        drop_root()
    die_with_parent(parent=int(parent), death_signal=int(death_signal))
    os.execv(command[0], command)  # noqa: S606  # that is what it is for


if __name__ == "__main__":
    main()
