"""What template.yaml tells API Gateway of routes, scopes and its own answers."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from generate.template import resources_of_type

type Route = tuple[str, str]
"""Path and method."""


def scopes() -> Mapping[Route, list[str]]:
    """Every declared route but ANY with the scopes of a token that it asks for; none for open ones."""
    return {
        (event["Path"], event["Method"]): event["Auth"].get("AuthorizationScopes", [])
        for event in _api_events()
        if event["Method"] != "ANY"
    }


@dataclass(frozen=True)
class GatewayProblem:
    """What API Gateway itself answers."""

    status: int
    name: str
    body: Mapping[str, Any]
    headers: Mapping[str, str]


def gateway_problem(kind: str, *, default_status: int, request_id: str) -> GatewayProblem:
    """A gateway response such as THROTTLED; AWS's own status where the template sets none."""
    response = resources_of_type("AWS::Serverless::Api")["UsersApi"]["GatewayResponses"][kind]
    text = re.sub(r"\$context\.requestId", request_id, response["ResponseTemplates"]["application/json"])
    body = json.loads(text)
    headers = {
        name: value.strip("'")
        for name, value in response["ResponseParameters"]["Headers"].items()
        if isinstance(value, str)
    }
    name = body["type"].removeprefix("/problems/")
    return GatewayProblem(response.get("StatusCode", default_status), name, body, headers)


def _api_events() -> Iterator[Any]:
    for function in resources_of_type("AWS::Serverless::Function").values():
        for event in function.get("Events", {}).values():
            if event["Type"] == "Api":
                yield event["Properties"]
