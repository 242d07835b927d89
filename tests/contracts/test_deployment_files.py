"""The files of deploy/ keep to what the service is: its commands, settings and probes, and nobody runs as root."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest
import yaml

from app.cli import main
from app.settings import read_settings

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
MANIFESTS = [
    (file.name, each)
    for file in sorted((DEPLOY / "kubernetes").glob("*.yaml"))
    for each in yaml.safe_load_all(file.read_text("utf-8"))
    if each
]
PODS = [
    (name, each["metadata"]["name"], each["spec"]["template"]["spec"])
    for name, each in MANIFESTS
    if each["kind"] in {"Deployment", "Job"}
]
COMPOSE = yaml.safe_load((DEPLOY / "compose/compose.yaml").read_text("utf-8"))
OURS = {name: each for name, each in COMPOSE["services"].items() if each.get("image") == "weiheng:1"}
API_OF = {
    "Namespace": "v1",
    "ConfigMap": "v1",
    "Secret": "v1",
    "Service": "v1",
    "PersistentVolumeClaim": "v1",
    "Deployment": "apps/v1",
    "Job": "batch/v1",
    "PodDisruptionBudget": "policy/v1",
    "HorizontalPodAutoscaler": "autoscaling/v2",
    "NetworkPolicy": "networking.k8s.io/v1",
    "Kustomization": "kustomize.config.k8s.io/v1beta1",
}


def settings_of(given, tmp_path):
    """The settings a file's environment gives; secrets come from files made here, addresses from whoever deploys."""
    environ = {}
    for name, value in given.items():
        if name.endswith("_FILE"):
            file = tmp_path / name
            file.write_text("postgresql://u@h/d" if "DATABASE" in name else "1:" + "A" * 43 + "=", "utf-8")
            environ[name] = str(file)
        else:
            environ[name] = "https://weiheng.example.com" if value.startswith("${") else value
    return read_settings(environ)


def is_command(words):
    found = main
    for word in words:
        found = found.get_command(click.Context(found), word) if isinstance(found, click.Group) else None
    return isinstance(found, click.Command) and not isinstance(found, click.Group)


def test_every_manifest_is_of_a_kind_and_version_that_is_served():
    assert {(each["kind"], each["apiVersion"]) for _, each in MANIFESTS} <= set(API_OF.items())
    assert {"Deployment", "Job", "Service", "PodDisruptionBudget", "HorizontalPodAutoscaler"} <= {
        each["kind"] for _, each in MANIFESTS
    }


@pytest.mark.parametrize("pod", [pod for *_, pod in PODS], ids=[name for _, name, _ in PODS])
def test_a_pod_is_closed_runs_our_command_and_mounts_what_it_names(pod):
    [container] = pod["containers"]
    closed = container["securityContext"]

    assert pod["securityContext"]["runAsNonRoot"]
    assert pod["securityContext"]["runAsUser"] == 10001
    assert not pod["automountServiceAccountToken"]
    assert (closed["allowPrivilegeEscalation"], closed["readOnlyRootFilesystem"]) == (False, True)
    assert closed["capabilities"] == {"drop": ["ALL"]}
    assert is_command(container["args"])
    assert {mount["name"] for mount in container["volumeMounts"]} == {volume["name"] for volume in pod["volumes"]}
    assert {"/var/lib/weiheng", "/tmp"} <= {mount["mountPath"] for mount in container["volumeMounts"]}  # noqa: S108
    assert "memory" in container["resources"]["limits"]
    assert container["resources"]["requests"].keys() >= {"cpu", "memory"}


def test_probes_ask_what_is_there_and_send_a_host_the_service_answers_to():
    [(_, _, pod)] = [each for each in PODS if each[1] == "weiheng-web"]
    [container] = pod["containers"]
    [config] = [each["data"] for _, each in MANIFESTS if each["kind"] == "ConfigMap"]

    asked = {probe: container[probe]["httpGet"] for probe in ("startupProbe", "livenessProbe", "readinessProbe")}
    assert {probe: get["path"] for probe, get in asked.items()} == {
        "startupProbe": "/healthz",
        "livenessProbe": "/healthz",
        "readinessProbe": "/readyz",
    }
    hosts = {header["value"] for get in asked.values() for header in get["httpHeaders"] if header["name"] == "Host"}
    assert hosts <= set(config["WEIHENG_TRUSTED_HOSTS"].split(","))
    drained = 2 * container["readinessProbe"]["periodSeconds"] * container["readinessProbe"]["failureThreshold"]
    assert drained <= int(config["WEIHENG_DRAIN_S"])
    assert pod["terminationGracePeriodSeconds"] >= int(config["WEIHENG_DRAIN_S"]) + 30


def test_selectors_of_services_budgets_and_scalers_find_the_web_pods():
    web = {"app.kubernetes.io/name": "weiheng", "app.kubernetes.io/component": "web"}
    found = {
        each["kind"]: each["spec"]
        for _, each in MANIFESTS
        if each["kind"] not in {"Deployment", "Job"}
        if "spec" in each
    }

    assert found["Service"]["selector"] == web
    assert found["PodDisruptionBudget"]["selector"]["matchLabels"] == web
    assert found["HorizontalPodAutoscaler"]["scaleTargetRef"]["name"] == "weiheng-web"
    for _, each in MANIFESTS:
        if each["kind"] == "Deployment":
            assert each["spec"]["selector"]["matchLabels"] == each["spec"]["template"]["metadata"]["labels"]


def test_the_settings_of_kubernetes_and_compose_are_a_production_start(tmp_path):
    [config] = [each["data"] for _, each in MANIFESTS if each["kind"] == "ConfigMap"]

    for given in (config, COMPOSE["x-weiheng"]["environment"]):
        settings = settings_of(given, tmp_path)
        assert settings.env == "production"
        assert not settings.is_sqlite
        assert not settings.embedded
        assert settings.rate_per_minute
        assert settings.drain_s


def test_the_secret_that_is_shown_is_an_example_and_not_applied():
    [secret] = [each for _, each in MANIFESTS if each["kind"] == "Secret"]
    [kustomization] = [each for _, each in MANIFESTS if each["kind"] == "Kustomization"]

    assert all("CHANGE-ME" in value for value in secret["stringData"].values())
    assert not [name for name in kustomization["resources"] if "secret" in name or "migrate" in name]
    assert all((DEPLOY / "kubernetes" / name).exists() for name in kustomization["resources"])


def test_compose_starts_in_order_keeps_secrets_in_files_and_gives_nothing_away():
    assert set(OURS) == {"migrate", "web", "worker"}
    for name, service in OURS.items():
        assert is_command(service["command"]), name
        assert service["cap_drop"] == ["ALL"]
        assert service["read_only"] is True
    services = COMPOSE["services"]
    assert services["web"]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
    assert services["migrate"]["depends_on"]["database"]["condition"] == "service_healthy"
    assert "healthcheck" in services["database"]
    assert [name for name, each in services.items() if each.get("ports")] == ["proxy"]
    used = {secret for each in services.values() for secret in each.get("secrets", [])}
    assert used == set(COMPOSE["secrets"])
    assert not re.search(r"PASSWORD: |SECRET_KEY: |VAULT_KEYS: ", (DEPLOY / "compose/compose.yaml").read_text("utf-8"))


def test_the_secrets_script_makes_what_compose_names_once(tmp_path):
    shutil.copy(DEPLOY / "compose/make-secrets.sh", tmp_path)
    made = {}
    for _ in range(2):
        subprocess.run(  # noqa: S603 - our own script
            ["/bin/sh", tmp_path / "make-secrets.sh"], check=True, cwd="/"
        )
        now = {file.name: file.read_text("utf-8") for file in (tmp_path / "secrets").iterdir()}
        assert made in ({}, now)
        made = now

    assert set(made) == set(COMPOSE["secrets"])
    assert made["database-password"].strip() in made["database-url"]
    environ = {"WEIHENG_SECRET_KEY": made["secret-key"].strip(), "WEIHENG_VAULT_KEYS": made["vault-keys"].strip()}
    assert read_settings(environ | {"WEIHENG_ENV": "production"}).vault_keys is not None
    assert (tmp_path / "secrets").stat().st_mode & 0o077 == 0


def instructions():
    text = re.sub(r"\\\n", " ", (DEPLOY / "Dockerfile").read_text("utf-8"))
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(line.split(None, 1)[0], line.split(None, 1)[1]) for line in lines]


def test_the_image_is_built_in_two_stages_from_locked_packages_and_runs_as_nobody():
    told = instructions()
    stages = [what for word, what in told if word == "FROM"]
    last = told[max(place for place, (word, _) in enumerate(told) if word == "FROM") :]

    assert len(stages) == 2
    assert not [what for what in stages if what.endswith(":latest")]
    installs = [
        part for word, what in told if word == "RUN" for part in re.split(r"&&|;|do ", what) if "pip install" in part
    ]
    assert installs
    for each in installs:
        assert "--require-hashes" in each or ("--no-deps" in each and "--editable ." in each)
    assert [what for word, what in last if word == "USER"] == ["10001:10001"]
    assert not [what for _, what in last if "gcc" in what or "apt-get" in what]
    assert {"HEALTHCHECK", "STOPSIGNAL", "VOLUME", "EXPOSE"} <= {word for word, _ in last}
    assert ("ENTRYPOINT", '["weiheng"]') in last
    assert ("CMD", '["serve"]') in last
    assert not [what for word, what in told if word == "ADD"]
    assert all("rm -rf /var/lib/apt/lists" in what for word, what in told if "apt-get update" in what)


def test_what_the_image_copies_exists_and_is_let_through_to_the_builder():
    copied = [
        source
        for word, what in instructions()
        if word == "COPY" and "--from" not in what
        for source in what.split()[:-1]
    ]
    let_through = {
        line[1:] for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line.startswith("!")
    }

    assert all((ROOT / source).exists() for source in copied)
    assert set(copied) == let_through


@pytest.mark.parametrize("unit", sorted((DEPLOY / "systemd").glob("*.service")), ids=lambda unit: unit.stem)
def test_a_unit_runs_our_command_closed_off_and_systemd_takes_it(unit, tmp_path):
    text = unit.read_text("utf-8")
    [command] = re.findall(r"^ExecStart=/srv/weiheng/\.venv/bin/weiheng (.+)$", text, re.MULTILINE)

    assert is_command(command.split())
    for line in ("NoNewPrivileges=true", "ProtectSystem=strict", "StateDirectory=weiheng", "User=weiheng"):
        assert f"\n{line}\n" in text
    if (analyze := shutil.which("systemd-analyze")) is not None:
        here = tmp_path / unit.name
        here.write_text(text.replace("/srv/weiheng/.venv/bin/weiheng", sys.executable), "utf-8")
        told = subprocess.run(  # noqa: S603
            [analyze, "verify", "--man=no", here],
            capture_output=True,
            text=True,
            check=False,
            env={"PATH": os.environ["PATH"]},
        )
        assert [line for line in told.stderr.splitlines() if unit.name in line] == []


def test_the_proxy_buffers_bodies_ends_tls_and_hides_the_metrics():
    text = re.sub(r"#.*", "", (DEPLOY / "nginx/weiheng.conf").read_text("utf-8"))
    bare = re.sub(r'"[^"]*"', '""', text)
    largest = int(re.search(r"client_max_body_size (\d+)m;", text)[1])

    assert bare.count("{") == bare.count("}")
    for line in filter(None, map(str.strip, bare.splitlines())):
        assert line.endswith(("{", "}", ";")), line
    for wanted in (
        "proxy_request_buffering on;",
        "proxy_set_header Host $host;",
        "listen 443 ssl;",
        "ssl_protocols TLSv1.2 TLSv1.3;",
        "client_body_timeout 15s;",
        "location = /metrics",
    ):
        assert wanted in text
    assert largest * 2**20 > read_settings({}).max_body_bytes
