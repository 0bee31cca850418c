"""Starting, supervising and stopping the two servers, with doubles; tests/e2e uses the real ones."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from tests.channels.doubles import free_port
from whichpath.console import Stop
from whichpath.server import run
from whichpath.settings import CHILD_ENVIRONMENT, Settings, child_environment, read_settings

ROOT = Path(__file__).resolve().parents[2]

SERVER = """
import http.server, os, signal, sys
class Ok(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/die":
            os._exit(3)
        self.send_response(200); self.end_headers(); self.wfile.write(str(os.getpid()).encode())
    def log_message(self, *a): pass
signal.signal(signal.SIGTERM, lambda *a: sys.exit(0))
print("serving"); sys.stdout.flush()
http.server.HTTPServer(("127.0.0.1", {port}), Ok).serve_forever()
"""


def get(port: int, path: str = "/") -> str:
    import urllib.request

    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=2) as answer:
        return str(answer.read().decode())


def wait_for(check, seconds: float = 10.0):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if value := check():
                return value
        except OSError:
            pass
        time.sleep(0.05)
    raise AssertionError("it did not happen in time")


@pytest.fixture
def server(tmp_path, monkeypatch):
    """A double of a server that has not been started."""
    port = free_port()
    (tmp_path / "standin.py").write_text(SERVER.format(port=port))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    made = run.Server("Stand-in", "standin", f"http://127.0.0.1:{port}/", tmp_path / "log")
    made.port = port
    yield made
    if made.running:
        made.process.kill()
        made.process.wait()


def test_it_waits_until_both_are_ready(server):
    server.start()
    run.wait_until_ready([server])
    assert server.ready()
    server.stop()
    assert not server.running and server.process.returncode == 0


def test_a_server_that_dies_is_started_again(server, capsys, monkeypatch):
    monkeypatch.setattr(run, "FIRST_PAUSE", 0.1)
    server.pause = 0.1
    server.start()
    run.wait_until_ready([server])
    first = get(server.port)
    server.process.kill()
    server.process.wait()

    def again():
        server.watch()
        return server.ready() and get(server.port)

    assert wait_for(again) != first
    assert "Stand-in stopped (killed by signal 9). It starts again in 0.1 s" in capsys.readouterr().out
    assert server.pause == 0.2, "the next pause is longer"


def test_the_pause_grows_only_while_it_goes_on_dying(server):
    server.start()
    server.process.kill()
    server.process.wait()
    server.pause = 16.0
    server.started = time.monotonic() - run.HEALTHY_AFTER - 1
    server.watch()
    assert server.pause == 2 * run.FIRST_PAUSE
    server.pause, server.restart_at = run.LONGEST_PAUSE, None
    server.started = time.monotonic()
    server.watch()
    assert server.pause == run.LONGEST_PAUSE


def test_a_server_that_hangs_is_ended_and_started_again(server, capsys, monkeypatch):
    monkeypatch.setattr(run, "HANGS_AFTER", 0.6)
    monkeypatch.setattr(run, "LOOK_EVERY", 0.1)
    monkeypatch.setattr(run, "LOOK_WITHIN", 0.2)
    server.live_url, server.pause = server.ready_url, 0.1
    server.start()
    run.wait_until_ready([server])
    first = get(server.port)
    server.look()
    server.process.send_signal(signal.SIGSTOP)
    frozen = time.monotonic()

    def again():
        server.watch()
        return server.ready() and get(server.port)

    assert wait_for(again) != first
    assert time.monotonic() - frozen > 0.5, "one missed answer is not hanging"
    assert "Stand-in has answered nothing for 0.6 s and is ended" in capsys.readouterr().out


def test_a_server_that_starts_slowly_does_not_hang(server, monkeypatch):
    monkeypatch.setattr(run, "HANGS_AFTER", 0.1)
    monkeypatch.setattr(run, "LOOK_EVERY", 0.0)
    server.live_url = f"http://127.0.0.1:{free_port()}/"
    server.start()
    time.sleep(0.3)
    server.watch()
    assert server.running


def test_a_server_that_cannot_start_is_one_clear_line(server, tmp_path, monkeypatch):
    monkeypatch.setattr(run, "ROOT", tmp_path)
    (tmp_path / "standin.py").write_text("print('noise'); raise ValueError('no such database')")
    server.start()
    with pytest.raises(Stop, match=r"Stand-in did not start: ValueError: no such database \(log: log\)"):
        run.wait_until_ready([server])


def test_a_server_that_is_never_ready_is_one_clear_line(server, tmp_path, monkeypatch):
    monkeypatch.setattr(run, "ROOT", tmp_path)
    monkeypatch.setattr(run, "READY_WITHIN", 0.3)
    (tmp_path / "standin.py").write_text("import time; time.sleep(60)")
    server.start()
    with pytest.raises(Stop, match="was not ready"):
        run.wait_until_ready([server])


def test_a_server_that_does_not_listen_to_a_polite_word(server, tmp_path, monkeypatch):
    monkeypatch.setattr(run, "STOP_WITHIN", 0.3)
    (tmp_path / "standin.py").write_text(
        "import signal, time\nsignal.signal(15, signal.SIG_IGN)\nprint('up', flush=True)\ntime.sleep(60)"
    )
    server.start()
    wait_for(lambda: server.log.read_text())
    server.stop()
    assert server.process.returncode == -signal.SIGKILL


def test_no_server_stays_behind_when_the_watcher_is_killed(server, tmp_path):
    watcher = tmp_path / "watcher.py"
    watcher.write_text(
        textwrap.dedent(f"""
        import sys, time, pathlib
        sys.path.insert(0, {str(ROOT)!r})
        from whichpath.server import run
        s = run.Server("x", "standin", {server.ready_url!r}, pathlib.Path({str(tmp_path / "log2")!r}))
        s.start(); run.wait_until_ready([s]); print(s.process.pid, flush=True); time.sleep(60)
        """)
    )
    process = subprocess.Popen([sys.executable, watcher], stdout=subprocess.PIPE, text=True)
    child = int(process.stdout.readline())
    process.kill()
    process.wait()
    wait_for(lambda: not Path(f"/proc/{child}").exists() or "Z" in Path(f"/proc/{child}/stat").read_text().split()[2])


@pytest.mark.parametrize(
    ("variable", "other"), [("WHICHPATH_PORT", "WHICHPATH_ACTION_PORT"), ("WHICHPATH_ACTION_PORT", "WHICHPATH_PORT")]
)
def test_a_port_in_use_is_one_clear_line(variable, other):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        environment = {**os.environ, variable: str(port), other: str(free_port())}
        ran = subprocess.run(
            [sys.executable, "-m", "whichpath.server.run"],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert ran.returncode == 1 and ran.stdout == ""
    assert ran.stderr.startswith(f"✗ Port {port} cannot be used") and ran.stderr.count("\n") == 1
    assert variable in ran.stderr


@pytest.mark.parametrize("value", ["0", "65536", "http", "-1", "50 05"])
def test_a_port_that_is_none(value):
    with pytest.raises(Stop, match="is not a port"):
        read_settings({"WHICHPATH_PORT": value})


def test_addresses():
    assert read_settings({}) == Settings(host="127.0.0.1", port=5005, action_port=5055)
    open_to_all = read_settings({"WHICHPATH_HOST": "0.0.0.0", "WHICHPATH_PORT": "80"})
    assert open_to_all.local_url == "http://127.0.0.1:80"
    assert read_settings({"WHICHPATH_ACTION_PORT": "6000"}).action_url == "http://127.0.0.1:6000"


def test_the_environment_of_a_server(monkeypatch):
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setenv("OMP_NUM_THREADS", "4")
    given = child_environment(EXTRA="x")
    assert "PYTHONDONTWRITEBYTECODE" not in given
    assert given["OMP_NUM_THREADS"] == "4", "what the operator has set stays"
    assert given["RASA_TELEMETRY_ENABLED"] == CHILD_ENVIRONMENT["RASA_TELEMETRY_ENABLED"] == "false"
    assert given["EXTRA"] == "x"
