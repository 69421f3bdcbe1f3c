"""The image that compose runs takes the configuration as a pod would have it: from ConfigMaps, with the pod's variables and rights."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from farewire_dev.kubernetes.rendering import Manifest
from tests.deploy.kubernetes_objects import OVERLAYS, bytes_of, combination, environment, of_kind, overlay, workloads
from tests.deploy.nginx_sizing import nginx_bytes, nginx_sockets

RESOLVER = "kube-dns.kube-system.svc.cluster.local"
SPARE_SHARE = 0.1
"""Of the limit, for what has not been measured."""
CONFIGURATIONS = [
    *(pytest.param(overlay(name), id=name) for name in OVERLAYS),
    pytest.param(combination("network-policies", "tls"), id="tls"),
]
every_configuration = pytest.mark.parametrize("objects", CONFIGURATIONS)


@every_configuration
def test_the_sockets_that_nginx_takes_fit_into_its_memory(objects: tuple[Manifest, ...]) -> None:
    limit = bytes_of(workloads(objects)["nginx"].main["resources"]["limits"]["memory"])
    assert nginx_bytes(objects, nginx_sockets(objects)) <= limit * (1 - SPARE_SHARE)


@every_configuration
def test_each_connection_of_nginx_has_a_descriptor_and_some_are_left(objects: tuple[Manifest, ...]) -> None:
    variables = environment(workloads(objects)["nginx"].main, objects)
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


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What a Secret of type kubernetes.io/tls holds, of nobody's trust."""
    directory = tmp_path_factory.mktemp("certificate")
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    subprocess.run([*command, "-keyout", "tls.key", "-out", "tls.crt"], cwd=directory, check=True, capture_output=True)
    return {name: (directory / name).read_text(encoding="utf-8") for name in ("tls.crt", "tls.key")}


@pytest.mark.containers
@every_configuration
def test_nginx_finds_no_fault_in_what_its_pod_is_given(objects: tuple[Manifest, ...], tmp_path: Path, certificate: dict[str, str]) -> None:
    nginx = workloads(objects)["nginx"]
    maps = of_kind(objects, "ConfigMap")
    volumes = {volume["name"]: volume for volume in nginx.pod["volumes"]}
    (namespace,) = {thing["metadata"]["namespace"] for thing in objects if thing["kind"] == "Deployment"}
    command = ["docker", "run", "--rm", "--network=none", f"--add-host={RESOLVER}:127.0.0.1", "--read-only", "--cap-drop=ALL"]
    user = nginx.pod["securityContext"]["runAsUser"]
    command += ["--security-opt=no-new-privileges", f"--user={user}"]
    for mount in nginx.main["volumeMounts"]:
        volume = volumes[mount["name"]]
        if "configMap" in volume:
            source = mounted(tmp_path / mount["name"], maps[volume["configMap"]["name"]]["data"])
            command.append(f"--volume={source}:{mount['mountPath']}:ro")
        elif "projected" in volume:
            wanted = {item["key"]: item["path"] for part in volume["projected"]["sources"] for item in part["secret"]["items"]}
            source = mounted(tmp_path / mount["name"], {path: certificate[key] for key, path in wanted.items()})
            command.append(f"--volume={source}:{mount['mountPath']}:ro")
        else:
            assert "emptyDir" in volume
            command.append(f"--tmpfs={mount['mountPath']}:uid={user},gid={user},mode=0770")
    variables = environment(nginx.main, objects)
    for variable, text in variables.items():
        command += ["--env", f"{variable}={text.replace('$(POD_NAMESPACE)', namespace)}"]
    answer = subprocess.run([*command, nginx.main["image"], *nginx.main["args"], "-t"], capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    assert "test is successful" in answer.stderr
    assert "[warn]" not in answer.stderr
