"""template.yaml as data: what API Gateway is told of routes, scopes and its own answers."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

TEMPLATE = Path(__file__).parents[1] / "template.yaml"

type Route = tuple[str, str]
"""Path and method."""


@dataclass(frozen=True)
class Intrinsic:
    """A value that CloudFormation computes: `!Ref Stage` has the tag `Ref` and the value `Stage`."""

    tag: str
    value: Any


class _Loader(yaml.SafeLoader):
    """YAML with the short forms of CloudFormation's functions."""


def _intrinsic(loader: _Loader, tag: str, node: yaml.Node) -> Intrinsic:
    if isinstance(node, yaml.MappingNode):
        return Intrinsic(tag, loader.construct_mapping(node, deep=True))
    if isinstance(node, yaml.SequenceNode):
        return Intrinsic(tag, loader.construct_sequence(node, deep=True))
    return Intrinsic(tag, loader.construct_scalar(node))  # type: ignore[arg-type] # there is no fourth kind


_Loader.add_multi_constructor("!", _intrinsic)


@cache
def load_template() -> dict[str, Any]:
    """The template, with functions as `Intrinsic`."""
    template: dict[str, Any] = yaml.load(TEMPLATE.read_text("utf-8"), Loader=_Loader)  # noqa: S506 - based on SafeLoader
    return template


def resources_of_type(kind: str) -> dict[str, Any]:
    """Logical ids and properties of the resources of one type."""
    resources = load_template()["Resources"].items()
    return {name: resource.get("Properties", {}) for name, resource in resources if resource["Type"] == kind}


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
