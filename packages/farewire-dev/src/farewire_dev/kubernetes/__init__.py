"""The manifests of `deploy/k8s`: rendered as kubectl renders them, validated without a cluster."""
