"""A request of the collection, by what the description of the API does not say of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Step:
    """A request to an endpoint and the answer to it: what belongs to a `status`, the description says.

    `before` and `after` are JavaScript, and so is `again`, which may return when the answer is not the last.
    Without `token`, none is sent.
    """

    name: str
    endpoint: str
    status: int = 200
    problem: str | None = None
    path: Mapping[str, str] = field(default_factory=dict, kw_only=True)
    query: Mapping[str, str] = field(default_factory=dict, kw_only=True)
    headers: Mapping[str, str] = field(default_factory=dict, kw_only=True)
    body: Mapping[str, str] | None = field(default=None, kw_only=True)
    before: tuple[str, ...] = field(default=(), kw_only=True)
    again: tuple[str, ...] = field(default=(), kw_only=True)
    after: tuple[str, ...] = field(default=(), kw_only=True)
    token: bool = field(default=True, kw_only=True)


@dataclass(frozen=True)
class Elsewhere:
    """A request to something else than the API, in Postman's own terms."""

    name: str
    request: Mapping[str, object]
    before: tuple[str, ...] = field(default=(), kw_only=True)
    after: tuple[str, ...] = field(default=(), kw_only=True)


@dataclass(frozen=True)
class Folder:
    """Requests that belong together."""

    name: str
    description: str
    steps: tuple[Step | Elsewhere, ...]
