"""Lists who may call which endpoint: printed at every start, so that none is opened unknowingly."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from whichpath.settings import ROOT, Settings


def exposure_lines(settings: Settings) -> Iterator[str]:
    """One line for each endpoint that is not a provider's webhook."""
    yield f"Web chat: {_reach(settings)}"
    yield f"REST: {_rest(settings)}"
    shown = ", and whoever shows WHICHPATH_METRICS_TOKEN" if settings.metrics_token else " alone"
    yield f"Metrics: this machine{shown}"
    if settings.proxies:
        yield f"Trusted proxies in front: {settings.proxies}. Nobody counts as this machine"


def _reach(settings: Settings) -> str:
    try:
        here = ipaddress.ip_address(settings.host).is_loopback
    except ValueError:
        here = settings.host == "localhost"
    if here:
        return "this machine, and whatever proxy runs on it"
    return f"everybody who reaches {settings.host}:{settings.port}"


def _rest(settings: Settings) -> str:
    access = settings.rest or _access_of_credentials()
    if access == "off":
        return "nobody (off)"
    if access == "open" and settings.rest_token:
        return "this machine, and whoever shows WHICHPATH_REST_TOKEN"
    if access == "open":
        return "this machine alone (open, but WHICHPATH_REST_TOKEN is not set)"
    return "this machine alone"


def _access_of_credentials() -> str:
    import yaml

    rows = yaml.safe_load((ROOT / "credentials.yml").read_text(encoding="utf-8")) or {}
    return str((rows.get("whichpath.channels.rest.RestInput") or {}).get("access") or "local")
