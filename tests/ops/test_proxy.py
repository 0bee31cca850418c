"""The real HAProxy with our configuration: forwarding, and host names whose address changes."""

from __future__ import annotations

import datetime as dt
import http.server
import json
import socket
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from testing.ports import wait_for
from testing.proxy import CONFIG, Proxy
from tests.ops.test_manifests import COMPOSE

SERVICE = COMPOSE["services"]["proxy"]


@contextmanager
def served(address: str = "127.0.0.1", port: int = 0) -> Iterator[str]:
    """The ``host:port`` of a server that returns the request and the host name used."""

    class Echo(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            told = {name.lower(): value for name, value in self.headers.items()}
            body = json.dumps({"path": self.path, "at": address, "headers": told}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET

        def log_message(self, *_: object) -> None:
            """Logs nothing."""

    server = http.server.ThreadingHTTPServer((address, port), Echo)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"{address}:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def certificate(folder: Path) -> Path:
    """A certificate for 127.0.0.1, chain and key in one file as HAProxy needs it."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "bot")])
    now = dt.datetime.utcnow()
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = (
        made.serial_number(1).not_valid_before(now - dt.timedelta(days=1)).not_valid_after(now + dt.timedelta(days=1))
    )
    pem = made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    path = folder / "site.pem"
    path.write_bytes(pem + key.private_bytes(serialization.Encoding.PEM, *plain))
    return path


def client(proxy: Proxy) -> httpx.Client:
    return httpx.Client(base_url=proxy.url, verify=False, trust_env=False, timeout=10)


#: The module of the public processes.
SERVES = "whichpath.server.serve"


def test_the_compose_file_has_it_in_front_of_all_rasa_processes_and_nothing_else_open():
    services = COMPOSE["services"]
    named = {v for k, v in SERVICE["environment"].items() if k.startswith("WHICHPATH_SERVER_")}
    ours = {name: service for name, service in services.items() if service["image"] == services["rasa"]["image"]}
    assert named == {f"{name}:5005" for name, service in ours.items() if SERVES in service.get("command", ())}
    assert len(named) == 2
    assert [name for name, service in services.items() if "ports" in service] == ["proxy"]
    assert COMPOSE["x-whichpath"]["environment"]["WHICHPATH_PROXIES"] == 1
    assert (CONFIG.parent.parent / "container" / SERVICE["volumes"][0].split(":")[0]).resolve() == CONFIG


def test_with_the_certificate_of_the_compose_file_it_speaks_https_and_tells_who_came(tmp_path):
    _listen, more = SERVICE["environment"]["WHICHPATH_BIND"].split(" ", 1)
    bind = " " + more.replace("/run/site.pem", str(certificate(tmp_path)))
    with served() as server:
        proxy = Proxy(server, bind=bind)
        try:
            with client(proxy) as caller:
                forged = {"X-Forwarded-For": "10.0.0.1", "X-Real-IP": "10.0.0.2", "Forwarded": "for=10.0.0.3"}
                forged["X-Forwarded-Proto"] = "ftp"
                wait_for(lambda: caller.get("/").status_code == 200, 20, 0.1)
                told = caller.get("/some?where", headers=forged).json()
                assert told["path"] == "/some?where"
                assert told["headers"]["x-forwarded-for"] == "127.0.0.1"
                assert told["headers"]["x-forwarded-proto"] == "https"
                assert not {"x-real-ip", "forwarded"} & set(told["headers"])
                for path in ("/health/ready", "/metrics", "/metrics/"):
                    assert caller.get(path).status_code == 404
                assert caller.post("/", content=b"x" * 262_145).status_code == 413
            with pytest.raises((ssl.SSLError, OSError, httpx.HTTPError)):
                httpx.get(proxy.url.replace("https", "http"), trust_env=False, timeout=5).raise_for_status()
        finally:
            proxy.close()


def test_a_certificate_that_is_not_there_is_not_passed_over(tmp_path):
    proxy = Proxy("127.0.0.1:9", bind=f" ssl crt {tmp_path}/none.pem")
    try:
        assert proxy.process.wait(10) != 0
    finally:
        proxy.close()


class _Names(socketserver.BaseRequestHandler):
    """A name server with one name, while ``address`` is set."""

    address: str | None = None

    def handle(self) -> None:
        data, line = self.request
        end = data.index(b"\0", 12) + 5
        known = self.address is not None and data[end - 4 : end - 2] == b"\0\x01"
        head = data[:2] + (b"\x81\x80" if self.address is not None else b"\x81\x83")
        record = b"\xc0\x0c\0\x01\0\x01\0\0\0\x01\0\x04" + socket.inet_aton(self.address) if known else b""
        counts = b"\0\x01" + (b"\0\x01" if known else b"\0\0") + b"\0\0\0\0"
        line.sendto(head + counts + data[12:end] + record, self.client_address)


def test_a_process_that_comes_back_under_another_address_is_found(tmp_path):
    names = socketserver.ThreadingUDPServer(("127.0.0.1", 0), _Names)
    threading.Thread(target=names.serve_forever, daemon=True).start()
    config = tmp_path / "haproxy.cfg"
    ours = f"nameserver test 127.0.0.1:{names.server_address[1]}"
    config.write_text(CONFIG.read_text().replace("parse-resolv-conf", ours))
    _Names.address = None
    with served("127.0.0.21") as first, served("127.0.0.22", int(first.split(":")[1])):
        proxy = Proxy(f"rasa.test:{first.split(':')[1]}", config=str(config))
        try:
            with client(proxy) as caller:
                # It starts although the name is unknown, and finds the process once the name is known.
                wait_for(lambda: caller.get("/").status_code == 503, 20, 0.1)
                for address in ("127.0.0.21", "127.0.0.22"):
                    _Names.address = address
                    wait_for(lambda address=address: caller.get("/").json()["at"] == address, 40, 0.2)
                _Names.address = None  # the name is unknown again, but the process still runs
                assert {caller.get("/").status_code for _ in range(20)} == {200}
        finally:
            proxy.close()
            names.shutdown()
