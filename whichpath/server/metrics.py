"""The metrics page: ``GET /metrics``, in Prometheus's format.

Each process counts for itself and is scraped by itself. Only this machine, or a caller with the bearer token
``WHICHPATH_METRICS_TOKEN``, may read it; others get 404.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse
from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError

from whichpath.channels.guards.counts import registry
from whichpath.channels.guards.server import Routes
from whichpath.channels.outbox import shared_inbox
from whichpath.channels.requests import BadRequest, has_token, is_local
from whichpath.registry import queued
from whichpath.server.page_input import PageInput
from whichpath.settings import read_settings
from whichpath.store.jobs import EVENTS
from whichpath.store.schema import inbox, job, reminder

logger = logging.getLogger(__name__)


class Queues:
    """Waiting times, read from the database at each scrape."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def collect(self) -> Iterator[Metric]:
        """As a collector of prometheus_client. Without a database there are no ages."""
        now = time.time()
        waiting = GaugeMetricFamily("whichpath_inbox_waiting", "Messages that wait", labels=["channel"])
        oldest = GaugeMetricFamily("whichpath_inbox_oldest_seconds", "Age of the oldest of them", labels=["channel"])
        late = GaugeMetricFamily("whichpath_reminders_due", "Reminders that are due and not out")
        age = GaugeMetricFamily("whichpath_reminders_oldest_due_seconds", "How late the latest of them is")
        due = (reminder.c.state == "waiting", reminder.c.due <= now, reminder.c.until > now)
        try:
            with self.engine.connect() as db:
                rows = db.execute(
                    sa.select(inbox.c.channel, sa.func.count(), sa.func.min(inbox.c.received)).group_by(inbox.c.channel)
                ).all()
                count, first = db.execute(sa.select(sa.func.count(), sa.func.min(reminder.c.due)).where(*due)).one()
        except SQLAlchemyError as error:
            logger.warning("metrics: the database does not answer: %s", type(error).__name__)
            return
        found = {row[0]: row for row in rows}
        for channel in queued():
            row = found.get(channel, (channel, 0, now))
            waiting.add_metric([channel], row[1])
            oldest.add_metric([channel], max(0.0, now - row[2]))
        late.add_metric([], count)
        age.add_metric([], max(0.0, now - first) if first else 0.0)
        yield from (waiting, oldest, late, age)


class Jobs:
    """What the jobs did, as recorded in the database: the same in every process."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def collect(self) -> Iterator[Metric]:
        """As a collector of prometheus_client. 0 means never; without a database there are no times."""
        events = CounterMetricFamily("whichpath_job_events", "What the jobs did", labels=["job", "event"])
        last = GaugeMetricFamily(
            "whichpath_job_last_success_timestamp_seconds", "When a job last did all that was due", labels=["job"]
        )
        try:
            with self.engine.connect() as db:
                found = {(row.name, row.event): row for row in db.execute(sa.select(job))}
        except SQLAlchemyError as error:
            logger.warning("metrics: the database does not answer: %s", type(error).__name__)
            return
        for name, kinds in EVENTS.items():
            for event in kinds:
                row = found.get((name, event))
                events.add_metric([name, event], row.count if row else 0)
            row = found.get((name, "round"))
            last.add_metric([name], row.at if row else 0.0)
        yield from (events, last)


def page(engine: Engine) -> bytes:
    """The metrics of this process, and those of queues and jobs from the database."""
    kept = CollectorRegistry(auto_describe=False)
    for collector in (Queues(engine), Jobs(engine)):
        kept.register(collector)  # type: ignore[arg-type]
    return generate_latest(registry) + generate_latest(kept)


def may_read(request: Request, token: str | None) -> bool:
    """Whether ``request`` comes from this machine, or has the token."""
    return is_local(request) or has_token(request, token)


class MetricsInput(PageInput):
    """The endpoint ``/metrics``."""

    path = "metrics"

    def blueprint(self, on_new_message: Any) -> Blueprint:
        """The route."""
        routes = Routes("whichpath_metrics")

        @routes.get("/")
        async def metrics(request: Request) -> HTTPResponse:
            if not may_read(request, read_settings().metrics_token):
                return BadRequest("There is no such page.", 404).answer()
            loop = asyncio.get_running_loop()
            shown = await loop.run_in_executor(None, page, shared_inbox().engine)
            return HTTPResponse(shown, content_type=CONTENT_TYPE_LATEST)

        return routes
