"""An HTTP response as API Gateway's REST proxy integration takes it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lambda_common.problems import PROBLEM_CONTENT_TYPE, Problem

NO_STORE = "no-store"
REVALIDATE = "private, no-cache"


@dataclass(frozen=True)
class Response:
    """An answer before the headers that every answer carries are added.

    `body` is JSON types; text that has a content type of its own is sent as it is.

    `outcome` is `success` or the name of the problem: what logs, metrics and traces call it.
    """

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    outcome: str = "success"

    @classmethod
    def from_problem(cls, problem: Problem, *, instance: str, request_id: str) -> "Response":
        """The problem document of `problem`, with the headers that belong to it."""
        return cls(
            problem.status,
            problem.body(instance=instance, request_id=request_id),
            {**problem.headers, "Content-Type": PROBLEM_CONTENT_TYPE},
            outcome=problem.name,
        )

    def as_proxy_result(self, headers: Mapping[str, str]) -> dict[str, Any]:
        """What the function returns to API Gateway; `headers` yield to the response's own."""
        defaults = {"Cache-Control": NO_STORE, "X-Content-Type-Options": "nosniff"}
        if self.body is not None:
            defaults["Content-Type"] = "application/json"
        return {
            "statusCode": self.status,
            "headers": {**defaults, **headers, **self.headers},
            "body": self._text(),
            "isBase64Encoded": False,
        }

    def _text(self) -> str:
        if self.body is None:
            return ""
        if isinstance(self.body, str) and "Content-Type" in self.headers:
            return self.body
        return json.dumps(self.body, separators=(",", ":"))
