"""Tells Telegram where to send its updates: ``make telegram-webhook URL=https://...``. Never runs at start.

``python -m whichpath.channels.telegram.setup URL`` sets the webhook and the menu of commands, ``--remove`` removes the
webhook, without arguments it prints the status.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Sequence
from urllib.parse import urlsplit

from whichpath.channels.telegram.updates import WANTED
from whichpath.console import Stop, done, fail, one_line
from whichpath.library.wording_telegram import load_wording
from whichpath.providers.faults import Later, Undeliverable
from whichpath.providers.telegram import BotApi, Refused
from whichpath.providers.telegram_settings import Off, TelegramSettings, read_telegram
from whichpath.settings import read_settings

PATH = "/webhooks/telegram/webhook"


def webhook_url(base: str) -> str:
    """The address of our webhook on the server at ``base``.

    Raises:
        Stop: ``base`` is not a URL that Telegram can call.
    """
    parts = urlsplit(base)
    local = parts.hostname in ("127.0.0.1", "localhost")
    if not parts.netloc or (parts.scheme != "https" and not (parts.scheme == "http" and local)):
        raise Stop(f"Not an https address: {one_line(base) or '(none)'}")
    base = base.rstrip("/")
    return base if base.endswith(PATH) else base + PATH


async def set_webhook(api: BotApi, settings: TelegramSettings, url: str) -> None:
    """Sets webhook and commands."""
    await api.call("setWebhook", url=url, secret_token=settings.secret, allowed_updates=list(WANTED))
    commands = [{"command": name, "description": words} for name, words in load_wording().commands.items()]
    await api.call("setMyCommands", commands=commands)


async def _run(arguments: argparse.Namespace, settings: TelegramSettings) -> str:
    api = BotApi(settings)
    try:
        if arguments.remove:
            await api.call("deleteWebhook")
            return "Telegram sends nothing to us any more."
        if arguments.url:
            url = webhook_url(arguments.url)
            await set_webhook(api, settings, url)
            return f"Telegram sends its updates to {url}"
        info = await api.call("getWebhookInfo")
        fault = f" Last fault: {info['last_error_message']}" if info.get("last_error_message") else ""
        return f"Webhook: {info.get('url') or 'none'}; waiting: {info.get('pending_update_count')}.{fault}"
    finally:
        await api.close()


def main(given: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m whichpath.channels.telegram.setup", description=__doc__.splitlines()[0]
    )
    parser.add_argument("url", nargs="?", default=read_settings().public_url, help="public https address")
    parser.add_argument("--remove", action="store_true", help="take the webhook away")
    arguments = parser.parse_args(given)
    try:
        done(asyncio.run(_run(arguments, read_telegram())))
    except Off as reason:
        fail(f"Telegram is off: {reason}")
    except Stop as fault:
        fail(str(fault))
    except Refused as fault:
        fail(f"Telegram says no: {fault} (status {fault.status})")
    except (Later, Undeliverable):
        fail("Telegram cannot be reached now. Please try again in a minute.")


if __name__ == "__main__":
    main()
