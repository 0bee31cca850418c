"""What can be set from outside, read in one place. Every variable and its default: ``make help``."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from whichpath.console import Stop

ROOT = Path(__file__).resolve().parents[1]
#: Everything written at run time: database, key, logs.
VAR = ROOT / "var"
MODELS = ROOT / "models"

#: For both servers. Telemetry off: no word of anybody's leaves the machine. The rest is start-up
#: time: no compiler or GPU probing, one thread a library (a turn is too small to split).
CHILD_ENVIRONMENT = {
    "RASA_TELEMETRY_ENABLED": "false",
    "SANIC_ACCESS_LOG": "false",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "CUDA_VISIBLE_DEVICES": "-1",
    "OMP_NUM_THREADS": "1",
    "PYTHONWARNINGS": "ignore",
    "PYTHONUNBUFFERED": "1",
    "HF_HUB_OFFLINE": "1",
    "MPLBACKEND": "Agg",
}


@dataclass(frozen=True)
class Settings:
    """Addresses of the two servers."""

    host: str = "127.0.0.1"
    port: int = 5005
    action_port: int = 5055

    @property
    def action_url(self) -> str:
        """Where Rasa reaches the action server, which never leaves this machine."""
        return f"http://127.0.0.1:{self.action_port}"

    @property
    def local_url(self) -> str:
        """Rasa, as seen from this machine."""
        everywhere = ("0.0.0.0", "::", "")  # noqa: S104 - asked for by the operator
        host = "127.0.0.1" if self.host in everywhere else self.host
        return f"http://{host}:{self.port}"


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings in ``environment``.

    Raises:
        Stop: a port is no port.
    """
    return Settings(
        host=environment.get("WHICHPATH_HOST") or Settings.host,
        port=_port(environment, "WHICHPATH_PORT", Settings.port),
        action_port=_port(environment, "WHICHPATH_ACTION_PORT", Settings.action_port),
    )


def _port(environment: Mapping[str, str], name: str, default: int) -> int:
    value = environment.get(name) or str(default)
    if not value.isdigit() or not 0 < int(value) < 65536:
        raise Stop(f"{name}={value} is not a port (1 to 65535).")
    return int(value)


def child_environment(**more: str) -> dict[str, str]:
    """The environment of a server: ours, where the operator has not set a variable otherwise."""
    environment = {**CHILD_ENVIRONMENT, **os.environ, **more}
    # Without bytecode every start compiles Rasa and TensorFlow anew.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    return environment
