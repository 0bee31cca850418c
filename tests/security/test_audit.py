"""The audit, with the real tools, against a double of the vulnerability services and without any."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from deploy import audit
from deploy.audit import Accepted, Asked, Finding, ask_npm, ask_python, installed, load_accepted, misfits, unaccepted
from testing.servers import free_port
from whichpath.settings import ROOT

TODAY = dt.date(2026, 11, 25)


class Service:
    """A double of OSV and npm's registry. ``weak``: package -> id of its vulnerability."""

    def __init__(self) -> None:
        self.weak: dict[str, str] = {}
        service = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_args) -> None: ...

            def do_GET(self) -> None:
                self.send_error(404)

            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers["content-length"]))
                asked = json.loads(gzip.decompress(raw) if self.headers.get("content-encoding") == "gzip" else raw)
                content = json.dumps(service.npm(asked) if "npm" in self.path else service.osv(asked)).encode()
                self.send_response(200)
                self.send_header("content-type", "application/json")
                self.end_headers()
                self.wfile.write(content)

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def osv(self, asked: dict) -> dict:
        name = asked["package"]["name"]
        if name not in self.weak:
            return {}
        ranges = [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "99.0"}]}]
        affected = [{"package": {"name": name, "ecosystem": "PyPI"}, "ranges": ranges}]
        return {
            "vulns": [
                {
                    "id": "PYSEC-1",
                    "aliases": [self.weak[name]],
                    "modified": "2026-01-01T00:00:00Z",
                    "affected": affected,
                }
            ]
        }

    def npm(self, asked: dict) -> dict:
        row = {
            "id": 1,
            "title": "t",
            "severity": "high",
            "vulnerable_versions": "<99.0.0",
            "cwe": [],
            "cvss": {"score": 7},
        }
        found = {name: one for name, one in self.weak.items() if name in asked}
        return {
            name: [{**row, "name": name, "url": f"https://github.com/advisories/{one}"}] for name, one in found.items()
        }


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    subprocess.run(["bash", "scripts/tools.sh"], cwd=ROOT, check=True, capture_output=True)
    made = Service()
    yield made
    made.server.shutdown()


def osv(url: str) -> list[str]:
    return ["--vulnerability-service", "osv", "--osv-url", url, "--cache-dir", "/nonexistent/none"]


def test_pip_audit_tells_what_is_weak(service):
    service.weak = {"jinja2": "CVE-2099-1"}
    asked = ask_python("requirements/base.lock", osv(service.url))
    assert asked.silent == ""
    assert [(f.package, f.version, f.ids) for f in asked.findings] == [
        ("jinja2", installed()["jinja2"], {"PYSEC-1", "CVE-2099-1"})
    ]
    assert unaccepted(asked.findings, load_accepted(), TODAY) == list(asked.findings)


def test_npm_tells_what_is_weak(service):
    service.weak = {"esbuild": "GHSA-9999-9999-9999"}
    asked = ask_npm(options=["--registry", service.url])
    assert asked.silent == "", asked
    assert [(f.package, f.ids) for f in asked.findings] == [("esbuild", {"GHSA-9999-9999-9999"})]


def test_nothing_weak_is_nothing_to_tell(service):
    service.weak = {}
    assert ask_python("requirements/base.lock", osv(service.url)) == Asked()
    assert ask_npm(options=["--registry", service.url]) == Asked()


def test_a_service_that_is_not_there_is_told_and_is_no_verdict(service):
    nowhere = f"http://127.0.0.1:{free_port()}"
    for asked in (
        ask_python("requirements/base.lock", osv(nowhere)),
        ask_npm(options=["--registry", nowhere, "--fetch-retries", "0"]),
    ):
        assert (
            asked.findings == ()
            and asked.silent.startswith(("requirements/", "widget/"))
            and "http" not in asked.silent
        )


def finding(**more) -> Finding:
    return Finding(**{"package": "a", "version": "1", "ids": frozenset({"CVE-1", "GHSA-1"}), "fixed_in": "2", **more})


def entry(**more) -> Accepted:
    row = {"package": "a", "version": "1", "ids": ["CVE-1"], "why": "x" * 40, "look_again": dt.date(2027, 1, 1)}
    return Accepted(**{**row, **more})


def test_only_what_an_entry_names_is_accepted():
    assert unaccepted([finding()], [entry()], TODAY) == []
    assert unaccepted([finding(), finding()], [], TODAY) == [finding()]
    for other in (entry(ids=["CVE-2"]), entry(package="b"), entry(version="2"), entry(look_again=TODAY)):
        assert unaccepted([finding()], [other], TODAY) == [finding()]


def test_an_entry_that_no_longer_fits_is_told():
    assert misfits([entry()], {"a": "1"}) == []
    assert misfits([entry()], {"a": "2"}) == ["a 1 is accepted, but installed is 2"]
    assert misfits([entry()], {}) == ["a 1 is accepted, but installed is none"]


def test_the_list_fits_what_is_installed():
    assert load_accepted() and misfits(load_accepted(), installed()) == []


@pytest.mark.parametrize("broken", [{"why": "because"}, {"ids": []}, {"look_again": "some day"}, {"more": 1}])
def test_an_entry_has_to_be_complete(broken):
    with pytest.raises(ValueError, match="Accepted"):
        entry(**broken)


@pytest.mark.parametrize(("asked", "code"), [(Asked((finding(),)), 1), (Asked(silent="x: no answer"), 0), (Asked(), 0)])
def test_the_command_fails_for_findings_alone(monkeypatch, capsys, asked, code):
    monkeypatch.setattr(audit, "ask_python", lambda *_: asked)
    monkeypatch.setattr(audit, "ask_npm", lambda *_: Asked())
    try:
        audit.main()
        ended = 0
    except SystemExit as end:
        ended = end.code
    said = capsys.readouterr()
    assert ended == code
    assert ("Could not be asked" in said.err) == bool(asked.silent)
    assert ("CVE-1" in said.err) == bool(asked.findings)
