"""Shares the tiny bot with the tests of the channels."""

from tests.channels.conftest import tiny_model  # noqa: F401
