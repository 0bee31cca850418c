"""Container and Kubernetes files: checks with their own tools, and checks specific to this project."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from testing.ports import free_port, wait_for
from whichpath.server.run import answers
from whichpath.server.watch import Watched
from whichpath.settings import CHILD_ENVIRONMENT, ROOT, VARIABLES, Settings

CONTAINER, KUBERNETES = ROOT / "deploy" / "container", ROOT / "deploy" / "kubernetes"
CONTAINERFILE = (CONTAINER / "Containerfile").read_text()
COMPOSE = yaml.safe_load((CONTAINER / "compose.yml").read_text())
OBJECTS = [row for path in sorted(KUBERNETES.glob("*.yaml")) for row in yaml.safe_load_all(path.read_text())]
#: Variables read by others: the images of PostgreSQL, the shell, uv, docker compose.
FOREIGN = {"POSTGRES_USER", "POSTGRES_DB", "POSTGRES_PASSWORD", "HOME", "PATH", "UV_NO_PROGRESS", "WHICHPATH_VERSION"}
FOREIGN |= {"WHICHPATH_CERTIFICATE"}
#: Variables set by the image and its network, aliases, or only for tests.
SETTLED = {"WHICHPATH_HOST", "WHICHPATH_PORT", "WHICHPATH_ACTION_PORT", "DB_URL", "TWILIO_API_URL", "TELEGRAM_API_URL"}


def pods() -> Iterator[tuple[str, dict[str, Any]]]:
    """Name and pod specification of everything that runs."""
    for row in OBJECTS:
        spec = row.get("spec") or {}
        spec = (spec.get("jobTemplate") or {}).get("spec") or spec
        if "template" in spec:
            yield f"{row['kind']} {row['metadata']['name']}", spec["template"]["spec"]


CONTAINERS = [(f"{name}: {c['name']}", c) for name, pod in pods() for c in pod["containers"]]


def of_image() -> dict[str, str]:
    """The variables of the image that is shipped."""
    final = CONTAINERFILE[CONTAINERFILE.rindex("\nFROM ") :]
    block = re.search(r"^ENV ((?:.*\\\n)*.*)$", final, re.MULTILINE)
    assert block
    return dict(re.findall(r"(\w+)=(\S+)", block[1]))


def read_by_the_code() -> set[str]:
    """The names of all variables in our code."""
    files = [path for name in ("whichpath", "actions") for path in (ROOT / name).rglob("*.py")]
    return {found for path in files for found in re.findall(r'"([A-Z][A-Z0-9_]+)"', path.read_text())}


def test_their_own_tools_find_nothing():
    ran = subprocess.run(["bash", "scripts/check.sh"], cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert all(tool in ran.stdout for tool in ("hadolint", "kubernetes-validate", "haproxy -c")), ran.stderr


@pytest.mark.parametrize(
    "broken", [("runAsNonRoot: true", "runAsNonRoot: 5"), ("containerPort: 5005", "containersPort: 5005")]
)
def test_the_tool_would_find_something(tmp_path, broken):
    test_their_own_tools_find_nothing()
    text = (KUBERNETES / "serving.yaml").read_text()
    (tmp_path / "serving.yaml").write_text(text.replace(*broken, 1))
    command = [ROOT / ".cache/tools/bin/kubernetes-validate", "--strict", "--quiet", tmp_path / "serving.yaml"]
    assert subprocess.run(command, capture_output=True).returncode != 0


def test_every_variable_is_one_that_the_code_reads():
    config = next(row for row in OBJECTS if row["kind"] == "ConfigMap")["data"]
    named = set(of_image()) | set(config) | set(COMPOSE["x-whichpath"]["environment"])
    named |= set(re.findall(r"\$\{(\w+)", (CONTAINER / "compose.yml").read_text()))
    named |= {"TF_" + name for name in re.findall(r"\bTF_(\w+)=", CONTAINERFILE)}
    assert named - FOREIGN - read_by_the_code() == set()


def test_every_variable_can_be_set_in_both():
    config = next(row for row in OBJECTS if row["kind"] == "ConfigMap")["data"]
    secret = set(re.findall(r"^(\w+)=$", (KUBERNETES / "secret.env.example").read_text(), re.MULTILINE))
    wanted = set(VARIABLES.values()) - SETTLED
    assert wanted - set(COMPOSE["x-whichpath"]["environment"]) == set()
    assert wanted - set(config) - secret == set()
    assert not secret & set(config), "a secret has no place in a ConfigMap"
    secrets = {f.field_info.extra["env"] for f in Settings.__fields__.values() if f.field_info.extra["secret"]}
    assert secrets - SETTLED <= secret


def test_who_measures_brings_the_token():
    folder = ROOT / "deploy" / "prometheus"
    (job,) = yaml.safe_load((folder / "prometheus.yml").read_text())["scrape_configs"]
    service = COMPOSE["services"]["prometheus"]
    (name,) = service["secrets"]
    assert job["authorization"]["credentials_file"] == f"/run/secrets/{name}"
    assert COMPOSE["secrets"][name] == {"environment": "WHICHPATH_METRICS_TOKEN"}
    assert {target.split(":")[0] for row in job["static_configs"] for target in row["targets"]} <= set(
        COMPOSE["services"]
    )
    monitor = yaml.safe_load((folder / "servicemonitor.yaml").read_text())["spec"]["endpoints"][0]
    assert monitor["authorization"]["credentials"] == {"name": "whichpath", "key": "WHICHPATH_METRICS_TOKEN"}
    assert monitor["port"] in [row["name"] for o in OBJECTS if o["kind"] == "Service" for row in o["spec"]["ports"]]
    scaler = next(row for row in OBJECTS if row["kind"] == "HorizontalPodAutoscaler")
    wanted = {row["pods"]["metric"]["name"] for row in scaler["spec"]["metrics"] if row["type"] == "Pods"}
    adapter = yaml.safe_load((folder / "adapter.yaml").read_text())["rules"]["custom"]
    assert {row["name"]["matches"] for row in adapter} == wanted


def test_every_alarm_asks_for_what_is_measured():
    from prometheus_client import generate_latest

    from whichpath.channels.guards import counts
    from whichpath.server.metrics import Jobs, Queues
    from whichpath.store.engine import make_engine
    from whichpath.store.migrate import upgrade

    engine = make_engine("sqlite://")
    names = set(re.findall(r"^# TYPE (\w+)", generate_latest(counts.registry).decode(), re.MULTILINE))
    for kind in (Queues, Jobs):
        names |= {
            f"{m.name}{'_total' if m.type == 'counter' else ''}" for m in kind(_with_tables(engine, upgrade)).collect()
        }
    rules = yaml.safe_load((ROOT / "deploy" / "prometheus" / "alarms.yml").read_text())["groups"][0]["rules"]
    asked = {name for rule in rules for name in re.findall(r"whichpath_\w+", rule["expr"])}
    assert asked and asked <= names


def _with_tables(engine, upgrade):
    upgrade(engine)
    return engine


def test_a_server_that_hangs_is_started_anew(tmp_path):
    script = tmp_path / "server.py"
    # The first one never answers; the second one does.
    script.write_text(
        "import http.server, pathlib, sys, time\n"
        "first = pathlib.Path(sys.argv[1]); again = first.exists(); first.touch()\n"
        "if not again: time.sleep(600)\n"
        "class Ok(http.server.BaseHTTPRequestHandler):\n"
        "    def do_GET(self): self.send_response(200); self.end_headers()\n"
        "    def log_message(self, *_): pass\n"
        "http.server.HTTPServer(('127.0.0.1', int(sys.argv[2])), Ok).serve_forever()\n"
    )
    port = free_port()
    url = f"http://127.0.0.1:{port}/"
    watched = Watched([sys.executable, str(script), str(tmp_path / "first"), str(port)], url, 1.0, 1.5)
    running = threading.Thread(target=watched.run, args=(0.2,), daemon=True)
    running.start()
    wait_for(lambda: answers(url, 1), 60)
    watched.stop()
    running.join(15)
    assert not running.is_alive() and watched.process.returncode is not None


def test_the_containers_are_watched():
    for name in ("rasa", "actions"):
        assert COMPOSE["services"][name]["command"][2] == "whichpath.server.watch"


def test_the_image_has_the_environment_of_make_run():
    given = of_image()
    assert {name: given.get(name) for name in CHILD_ENVIRONMENT} == CHILD_ENVIRONMENT


def test_every_command_is_there():
    commands = [c["command"] for _, c in CONTAINERS]
    commands += [s["command"] for s in COMPOSE["services"].values() if s.get("command", [""])[0] == "python"]
    modules = {part for command in commands for part in command if part.startswith("whichpath.")}
    assert {
        "whichpath.server.serve",
        "whichpath.server.action_server",
        "whichpath.store.migrate",
        "whichpath.jobs.reminders",
        "whichpath.jobs.retention",
    } <= modules
    assert all(importlib.util.find_spec(module) for module in modules)


@pytest.mark.parametrize(("name", "container"), CONTAINERS)
def test_a_container_may_do_no_more_than_it_has_to(name, container):
    locked = container["securityContext"]
    assert locked == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert {"cpu", "memory"} <= set(container["resources"]["requests"]) and "memory" in container["resources"]["limits"]
    assert "env" not in container, "values come from the ConfigMap and the Secret"


@pytest.mark.parametrize(("name", "pod"), list(pods()))
def test_a_pod_is_nobody_and_talks_to_no_api(name, pod):
    assert pod["securityContext"]["runAsNonRoot"] is True and pod["securityContext"]["runAsUser"] == 10001
    assert pod["automountServiceAccountToken"] is False and "hostNetwork" not in pod


def test_who_serves_is_watched_and_can_be_moved():
    rasa = next(c for name, c in CONTAINERS if name.endswith("whichpath: rasa"))
    assert rasa["livenessProbe"]["httpGet"]["path"] == rasa["startupProbe"]["httpGet"]["path"] == "/health/live"
    assert rasa["readinessProbe"]["httpGet"]["path"] == "/health/ready"
    kinds = [row["kind"] for row in OBJECTS]
    for kind in ("HorizontalPodAutoscaler", "PodDisruptionBudget", "NetworkPolicy", "Ingress", "Job", "CronJob"):
        assert kind in kinds
    assert "Secret" not in kinds


def test_it_scales_by_a_metric_that_is_there():
    from whichpath.channels.guards import counts

    scaler = next(row for row in OBJECTS if row["kind"] == "HorizontalPodAutoscaler")
    wanted = [row["pods"]["metric"]["name"] for row in scaler["spec"]["metrics"] if row["type"] == "Pods"]
    measured = {family.name for family in counts.registry.collect()}
    assert wanted and set(wanted) <= measured


def test_policies_speak_of_pods_that_are_there():
    labels = [row["spec"]["template"]["metadata"]["labels"] for row in OBJECTS if row["kind"] in ("Deployment", "Job")]
    labels += [
        r["spec"]["jobTemplate"]["spec"]["template"]["metadata"]["labels"] for r in OBJECTS if r["kind"] == "CronJob"
    ]
    for row in OBJECTS:
        if row["kind"] in ("NetworkPolicy", "PodDisruptionBudget", "Service"):
            selector = row["spec"].get("podSelector") or row["spec"].get("selector") or {}
            wanted = selector.get("matchLabels", {} if "matchExpressions" in selector else selector)
            assert any(wanted.items() <= have.items() for have in labels), row["metadata"]["name"]


def test_no_image_names_a_registry():
    images = re.findall(r"^FROM (\S+)", CONTAINERFILE, re.MULTILINE) + [c["image"] for _, c in CONTAINERS]
    images += [service["image"] for service in COMPOSE["services"].values()]
    assert images and all("." not in image.split("/")[0].split(":")[0] for image in images)


def test_what_goes_into_the_image_is_enough_to_serve(tmp_path):
    """The folders that the ignore file includes contain everything that is imported, and no others."""
    lines = (CONTAINER / "Containerfile.dockerignore").read_text().splitlines()
    for name in (line[1:] for line in lines if line.startswith("!")):
        place, target = ROOT / name, tmp_path / name
        assert place.exists(), name
        target.parent.mkdir(parents=True, exist_ok=True)
        if place.is_dir():
            shutil.copytree(place, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(place, target)
    code = "import whichpath.server.serve, whichpath.server.train, whichpath.server.action_server, whichpath.store.migrate, whichpath.jobs.reminders, whichpath.jobs.retention, actions\n"
    code += "from whichpath.channels import rest, calendar, web; from whichpath.server import health; from whichpath.channels.sms import channel; from whichpath.channels.telegram import channel\n"
    code += "from whichpath.server.checks import check_content, check_yaml; print(check_yaml(), check_content())"
    ran = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert ran.returncode == 0, ran.stderr[-2000:]
    assert not (tmp_path / "tests").exists() and not (tmp_path / Path("deploy/container/.env")).exists()
