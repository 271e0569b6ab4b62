"""The types of ASGI applications."""

from collections.abc import Awaitable, Callable
from typing import Any

type Receive = Callable[[], Awaitable[Any]]
type Send = Callable[[Any], Awaitable[None]]
type App = Callable[[Any, Receive, Send], Awaitable[None]]
