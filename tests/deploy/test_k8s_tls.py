"""With components/tls the world reaches nginx over TLS, and plain HTTP leads there."""

from __future__ import annotations

from tests.deploy.kubernetes_objects import combination, environment, of_kind, secret_files, workloads

NODE_CHECK_SECONDS = 10
NODE_CHECKS = 3
"""How often load balancers of clouds ask a node whether a pod of the Service is on it, and how many answers they act upon."""
OBJECTS = combination("network-policies", "tls")
NGINX = workloads(OBJECTS)["nginx"]
VARIABLES = environment(NGINX.main, OBJECTS)


def test_every_port_of_the_load_balancer_is_one_that_nginx_listens_on_and_its_policy_lets_in() -> None:
    service = of_kind(OBJECTS, "Service")["nginx"]["spec"]
    assert service["type"] == "LoadBalancer"
    assert service["externalTrafficPolicy"] == "Local", "limits count by the client's address"
    assert {port["port"]: port["targetPort"] for port in service["ports"]} == {80: "http", 443: "https"}
    (rule,) = of_kind(OBJECTS, "NetworkPolicy")["nginx"]["spec"]["ingress"]
    assert set(rule) == {"ports"}
    assert {entry["port"] for entry in rule["ports"]} == {port["targetPort"] for port in service["ports"]}
    listened = {"http": VARIABLES["FRONT_LISTEN"], "https": VARIABLES["FRONT_TLS_LISTEN"], "internal": VARIABLES["FRONT_INTERNAL_LISTEN"]}
    assert {port["name"]: str(port["containerPort"]) for port in NGINX.main["ports"]} == listened


def test_nginx_ends_tls_with_the_files_of_the_secret_and_is_given_no_other() -> None:
    assert VARIABLES["FRONT_MODE"] == "tls"
    files = {file.path: (file.secret, file.key) for file in secret_files(NGINX)}
    assert files == {
        VARIABLES["FRONT_TLS_CERTIFICATE"]: ("farewire-tls", "tls.crt"),
        VARIABLES["FRONT_TLS_KEY"]: ("farewire-tls", "tls.key"),
    }
    (volume,) = [volume for volume in NGINX.pod["volumes"] if "projected" in volume]
    assert volume["projected"]["defaultMode"] == 0o440, "its group is the pod's fsGroup"


def test_nobody_before_nginx_may_say_who_the_client_is() -> None:
    assert VARIABLES["FRONT_TRUSTED_PROXIES"] == ""


def test_cookies_are_sent_over_tls_only_whichever_way_in() -> None:
    for way_in in ("tls", "ingress", "gateway-api"):
        objects = combination(way_in)
        assert environment(workloads(objects)["web"].main, objects)["FAREWIRE_SECURE_COOKIES"] == "true"


def test_a_load_balancer_has_asked_nodes_often_enough_before_an_nginx_comes_or_goes() -> None:
    heard = NODE_CHECK_SECONDS * NODE_CHECKS
    sleep = NGINX.main["lifecycle"]["preStop"]["sleep"]["seconds"]
    assert NGINX.spec["minReadySeconds"] > heard
    assert sleep > heard
    ending = int(VARIABLES["FRONT_RELOAD_SECONDS"].removesuffix("s"))
    assert sleep + ending + 5 <= NGINX.pod["terminationGracePeriodSeconds"]
