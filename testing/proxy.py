"""The real HAProxy with our configuration, in front of the servers of a test."""

from __future__ import annotations

import os
import shutil
import subprocess

from testing.ports import free_port
from whichpath.settings import ROOT

CONFIG = ROOT / "deploy" / "proxy" / "haproxy.cfg"


class Proxy:
    """A proxy for ``servers`` (``host:port`` each). ``bind``: options after its address, such as " ssl crt <file>"."""

    def __init__(self, *servers: str, bind: str = "", config: str = str(CONFIG)) -> None:
        binary = shutil.which("haproxy")
        if binary is None:
            raise FileNotFoundError("HAProxy is missing: bash scripts/proxy.sh")
        self.port = free_port()
        self.url = f"http{'s' if 'ssl' in bind else ''}://127.0.0.1:{self.port}"
        environment = {f"WHICHPATH_SERVER_{number}": server for number, server in enumerate(servers, 1)}
        environment["WHICHPATH_BIND"] = f"127.0.0.1:{self.port}{bind}"
        command = [binary, "-db", "-q", "-f", config]
        self.process = subprocess.Popen(command, env={**os.environ, **environment})

    def close(self) -> None:
        """Stops the proxy."""
        self.process.kill()
        self.process.wait(10)
