"""What can be set from outside: every environment variable once, with its type, default and range.

``make help`` lists them. Values are read when asked for, so that a test or a parent process can set one late.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, Extra, Field, ValidationError

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
_PORT: dict[str, Any] = {"ge": 1, "le": 65535, "wanted": "a port (1 to 65535)"}


class BadSetting(Stop, ValueError):
    """A variable has a value that it cannot have. The message is one line that names the variable."""


def _set(env: str, default: Any, about: str, wanted: str = "", *, secret: bool = False, **limits: Any) -> Any:
    """A field that is read from variable ``env``. ``wanted`` ends the sentence "X is not …"; a secret is not shown."""
    return Field(default, description=about, env=env, wanted=wanted, secret=secret, **limits)


class Settings(BaseModel, extra=Extra.forbid, frozen=True):
    """All variables, typed. An empty variable counts as one that is not set."""

    host: str = _set("WHICHPATH_HOST", "127.0.0.1", "address the bot listens on")
    port: int = _set("WHICHPATH_PORT", 5005, "port of the bot", **_PORT)
    action_port: int = _set("WHICHPATH_ACTION_PORT", 5055, "port of the action server, on 127.0.0.1", **_PORT)
    public_url: str | None = _set("WHICHPATH_PUBLIC_URL", None, "https address that people and providers see")
    origins: str = _set("WHICHPATH_ORIGINS", "", "sites that may embed the chat, between commas")
    proxies: int = _set(
        "WHICHPATH_PROXIES", 0, "trusted proxies in front of us", "a number of proxies (0 to 10)", ge=0, le=10
    )
    rest: Literal["local", "open", "off"] | None = _set(
        "WHICHPATH_REST", None, "who may use REST: local, open or off; before credentials.yml", "local, open or off"
    )
    rest_token: str | None = _set(
        "WHICHPATH_REST_TOKEN", None, "what callers of an open REST show; without it REST is this machine's alone",
        "a token of at least 16 printable ASCII characters without spaces", secret=True, regex=r"^[!-~]{16,}\Z",
    )  # fmt: skip
    contact: str | None = _set("WHICHPATH_CONTACT", None, "who runs the bot, as SMS HELP names them")

    db_url: str | None = _set("WHICHPATH_DB_URL", None, "database; SQLite in var/ where not set", secret=True)
    db_url_of_rasa: str | None = _set("DB_URL", None, "the same, as Rasa calls it", secret=True)
    pool_size: int = _set("SQL_POOL_SIZE", 10, "connections kept open to PostgreSQL", "1 to 500", ge=1, le=500)
    max_overflow: int = _set("SQL_MAX_OVERFLOW", 20, "connections beyond these", "0 to 500", ge=0, le=500)
    redis_url: str | None = _set("WHICHPATH_REDIS_URL", None, "Redis, for more than one process", secret=True)

    secret: str | None = _set(
        "WHICHPATH_SECRET", None, "the project's key; var/secret where not set", "a key of 16 characters or more",
        secret=True, min_length=16,
    )  # fmt: skip
    secret_before: str | None = _set(
        "WHICHPATH_SECRET_BEFORE", None, "the key before this one, for a month after a change: docs/operations.md",
        "a key of 16 characters or more", secret=True, min_length=16,
    )  # fmt: skip
    action_token: str | None = _set(
        "WHICHPATH_ACTION_TOKEN", None, "what Rasa shows to the action server; from the key where not set",
        "a token of at least 16 printable ASCII characters without spaces", secret=True, regex=r"^[!-~]{16,}\Z",
    )  # fmt: skip
    metrics_token: str | None = _set("WHICHPATH_METRICS_TOKEN", None, "who may read /metrics", secret=True)
    keep_phrases: bool = _set(
        "WHICHPATH_KEEP_PHRASES", False, "1: keep phrases that people agreed to be kept", "1 or 0"
    )

    web_idle_minutes: float = _set(
        "WHICHPATH_WEB_IDLE_MINUTES", 30, "minutes after which a closed web chat is deleted", "1 to 1440",
        ge=1, le=1440,
    )  # fmt: skip
    turn_seconds: float = _set(
        "WHICHPATH_TURN_SECONDS", 8, "seconds that one turn may take", "0.1 to 60 seconds", ge=0.1, le=60
    )
    rate: float = _set(
        "WHICHPATH_RATE", 1, "all rate limits are multiplied by it", "above 0, at most 100000", gt=0, le=100_000
    )
    logs: Literal["plain", "json"] = _set("WHICHPATH_LOGS", "plain", "json: a line is a JSON object", "plain or json")
    lean: Literal["on", "off"] = _set("WHICHPATH_LEAN", "on", "off: load TensorFlow when serving too", "on or off")

    twilio_account_sid: str | None = _set("TWILIO_ACCOUNT_SID", None, "SMS is on with these", secret=True)
    twilio_auth_token: str | None = _set("TWILIO_AUTH_TOKEN", None, "", secret=True)
    twilio_from: str | None = _set("TWILIO_FROM", None, "our number, or the next", secret=True)
    twilio_messaging_service_sid: str | None = _set("TWILIO_MESSAGING_SERVICE_SID", None, "", secret=True)
    twilio_api_url: str = _set("TWILIO_API_URL", "https://api.twilio.com", "another address, for tests")
    telegram_token: str | None = _set("TELEGRAM_TOKEN", None, "Telegram is on with these", secret=True)
    telegram_secret: str | None = _set("TELEGRAM_SECRET", None, "", secret=True)
    telegram_api_url: str = _set("TELEGRAM_API_URL", "https://api.telegram.org", "another address, for tests")

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


#: Field -> the variable that sets it.
VARIABLES: dict[str, str] = {name: field.field_info.extra["env"] for name, field in Settings.__fields__.items()}


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings in ``environment``.

    Raises:
        BadSetting: a value that a variable cannot have.
    """
    return _settings(tuple(environment.get(variable) for variable in VARIABLES.values()))


@lru_cache(maxsize=8)
def _settings(values: tuple[str | None, ...]) -> Settings:
    given: dict[str, Any] = {name: value for name, value in zip(VARIABLES, values, strict=True) if value}
    try:
        return Settings(**given)
    except ValidationError as error:
        name = str(error.errors()[0]["loc"][0])
    about = Settings.__fields__[name].field_info.extra
    shown = "" if about["secret"] else f"={' '.join(given[name].split())[:60]}"
    raise BadSetting(f"{about['env']}{shown} is not {about['wanted']}.")


def described() -> Iterator[tuple[str, str, str]]:
    """Every variable with its default and what it is for: for ``make help``."""
    for field in Settings.__fields__.values():
        default = {None: "", "": "", False: "0"}.get(field.default, field.default)
        yield field.field_info.extra["env"], str(default), field.field_info.description or ""


def child_environment(**more: str) -> dict[str, str]:
    """The environment of a server: ours, where the operator has not set a variable otherwise."""
    environment = {**CHILD_ENVIRONMENT, **os.environ, **more}
    # Without bytecode every start compiles Rasa and TensorFlow anew.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    return environment
