"""The image that compose runs takes the configuration as a pod would have it: from ConfigMaps, with the pod's variables and rights."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from farewire_dev.kubernetes.rendering import Manifest
from tests.deploy.compose_file import ROOT
from tests.deploy.kubernetes_objects import OVERLAYS, bytes_of, environment, of_kind, overlay, workloads

RESOLVER = "kube-dns.kube-system.svc.cluster.local"


SPARE_SHARE = 0.1
"""Of the limit, for what has not been measured."""


def sockets(objects: tuple[Manifest, ...]) -> int:
    """How many websockets one nginx takes: each is two connections of one of its processes, the client's and the gateway's."""
    variables = environment(workloads(objects)["nginx"].main, objects)
    return int(variables["FRONT_WORKER_CONNECTIONS"]) // 2 * int(variables["FRONT_WORKER_PROCESSES"])


def needed(objects: tuple[Manifest, ...], count: int) -> int:
    """The bytes that nginx takes with so many sockets, by what docs/operations.md and docs/kubernetes.md say was measured."""
    sizing = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    rest, plain = (int(number) for number in re.search(r"\| nginx \| (\d+) MiB \| (\d+) KiB a socket", sizing).groups())  # type: ignore[union-attr]
    return rest * 2**20 + count * plain * 2**10


@pytest.mark.parametrize("name", OVERLAYS)
def test_the_sockets_that_nginx_takes_fit_into_its_memory(name: str) -> None:
    objects = overlay(name)
    limit = bytes_of(workloads(objects)["nginx"].main["resources"]["limits"]["memory"])
    assert needed(objects, sockets(objects)) <= limit * (1 - SPARE_SHARE)


@pytest.mark.parametrize("name", OVERLAYS)
def test_each_connection_of_nginx_has_a_descriptor_and_some_are_left(name: str) -> None:
    variables = environment(workloads(overlay(name))["nginx"].main, overlay(name))
    assert int(variables["FRONT_OPEN_FILES"]) >= 2 * int(variables["FRONT_WORKER_CONNECTIONS"])


def mounted(directory: Path, data: dict[str, str]) -> Path:
    """A ConfigMap as kubelet lays it out: files are links into a directory that is exchanged as a whole."""
    version = directory / "..2026_11_22"
    version.mkdir(parents=True)
    (directory / "..data").symlink_to(version.name)
    for name, text in data.items():
        (version / name).write_text(text, encoding="utf-8")
        (directory / name).symlink_to(Path("..data") / name)
    for path in (directory, version):
        path.chmod(0o755)
    return directory


@pytest.mark.containers
@pytest.mark.parametrize("name", OVERLAYS)
def test_nginx_finds_no_fault_in_what_its_pod_is_given(name: str, tmp_path: Path) -> None:
    nginx = workloads(overlay(name))["nginx"]
    maps = of_kind(overlay(name), "ConfigMap")
    volumes = {volume["name"]: volume for volume in nginx.pod["volumes"]}
    (namespace,) = of_kind(overlay(name), "Namespace")
    command = ["docker", "run", "--rm", "--network=none", f"--add-host={RESOLVER}:127.0.0.1", "--read-only", "--cap-drop=ALL"]
    user = nginx.pod["securityContext"]["runAsUser"]
    command += ["--security-opt=no-new-privileges", f"--user={user}"]
    for mount in nginx.main["volumeMounts"]:
        volume = volumes[mount["name"]]
        if "configMap" in volume:
            source = mounted(tmp_path / mount["name"], maps[volume["configMap"]["name"]]["data"])
            command.append(f"--volume={source}:{mount['mountPath']}:ro")
        else:
            assert "emptyDir" in volume
            command.append(f"--tmpfs={mount['mountPath']}:uid={user},gid={user},mode=0770")
    variables = environment(nginx.main, overlay(name))
    for variable, text in variables.items():
        command += ["--env", f"{variable}={text.replace('$(POD_NAMESPACE)', namespace)}"]
    answer = subprocess.run([*command, nginx.main["image"], *nginx.main["args"], "-t"], capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    assert "test is successful" in answer.stderr
    assert "[warn]" not in answer.stderr
