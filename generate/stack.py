"""The stack as a graph, read from template.yaml: its parts, and what goes from where to where."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from generate.template import (
    Intrinsic,
    capabilities,
    load_template,
    resources_of_type,
    statements,
    words,
)

API, FUNCTION, SCHEDULE = "AWS::Serverless::Api", "AWS::Serverless::Function", "AWS::Scheduler::Schedule"
TABLE, BUCKET = "AWS::DynamoDB::Table", "AWS::S3::Bucket"
TOPIC, QUEUE = "AWS::SNS::Topic", "AWS::SQS::Queue"
USER_POOL = "AWS::Cognito::UserPool"
DRAWN = (API, FUNCTION, SCHEDULE, TABLE, BUCKET, TOPIC, QUEUE, USER_POOL)
"""The types of resources that are drawn; the others serve them."""
OUTSIDE = "outside"
CLIENT = "Client"
EVENT, ACCESS, FAILURE = "event", "access", "failure"
_FAILURES = {"DestinationConfig", "DeadLetterConfig", "RedrivePolicy"}
_POLLING = re.compile("Stream|Record|Shard|Receive|DeleteMessage|QueueAttributes")
_DRAWN_SERVICES = {kind.split("::")[1].lower() for kind in DRAWN}
_UNDRAWN_SERVICES = {"logs", "xray"}  # every function has them


@dataclass(frozen=True)
class Node:
    """A resource, or something outside of the stack. `alarmed`: an alarm watches it."""

    name: str
    kind: str
    capability: str = ""
    alarmed: bool = False
    is_dead_letter_queue: bool = False


@dataclass(frozen=True)
class Edge:
    """`event`: source makes target run. `access`: source uses target. `failure`: target gets what fails."""

    source: str
    target: str
    kind: str
    label: str = ""


def nodes() -> list[Node]:
    """The client, the drawn resources in the template's order, and the services that are used besides."""
    alarmed, failures = _alarmed(), {edge.target for edge in edges() if edge.kind == "failure"}
    resources = {name: resource["Type"] for name, resource in load_template()["Resources"].items()}
    place = capabilities()
    drawn = [
        Node(name, kind, place[name], alarmed=name in alarmed, is_dead_letter_queue=name in failures)
        for name, kind in resources.items()
        if kind in DRAWN
    ]
    known = {CLIENT, *(node.name for node in drawn)}
    services = {edge.target: place[edge.source] for edge in edges() if edge.target not in known}
    return [Node(CLIENT, OUTSIDE), *drawn, *(Node(name, OUTSIDE, where) for name, where in services.items())]


@cache
def edges() -> list[Edge]:
    """Everything that goes from one node to another, each once."""
    failures = list(_failures())
    failing = {(edge.source, edge.target) for edge in failures}
    accesses = [edge for edge in _accesses() if (edge.source, edge.target) not in failing]
    return list(
        dict.fromkeys([*_of_clients(), *_of_apis(), *_events(), *_deliveries(), *accesses, *failures])
    )


@cache
def aliases() -> dict[str, str]:
    """What stands for a resource in the template's texts: its logical id, and a name that it is given."""
    given = {
        properties["BucketName"].value: name
        for name, properties in resources_of_type(BUCKET).items()
        if isinstance(properties.get("BucketName"), Intrinsic)
    }
    return given | {name: name for kind in DRAWN for name in resources_of_type(kind)}


def mentioned(value: Any) -> list[str]:
    """The drawn resources in a value: in `!Ref X`, `!GetAtt X.Arn`, `!Sub ${X.Arn}`, or by name."""
    found = [
        name
        for word in words(value)
        for alias, name in aliases().items()
        if re.search(rf"(?<![A-Za-z0-9:$]){re.escape(alias)}(?![A-Za-z0-9])", word)
        or ("$" in alias and alias in word)
    ]
    return list(dict.fromkeys(found))


def _of_clients() -> Iterator[Edge]:
    """A client calls the API, gets its tokens from the pool, and posts to buckets that speak with pages."""
    for name in resources_of_type(API):
        yield Edge(CLIENT, name, EVENT, "HTTPS")
    for client in resources_of_type("AWS::Cognito::UserPoolClient").values():
        for name in mentioned(client["UserPoolId"]):
            yield Edge(CLIENT, name, ACCESS, "tokens")
    for name, properties in resources_of_type(BUCKET).items():
        if "CorsConfiguration" in properties:
            yield Edge(CLIENT, name, ACCESS, "form")


def _of_apis() -> Iterator[Edge]:
    for name, properties in resources_of_type(API).items():
        for pool in mentioned(properties["Auth"]["Authorizers"]):
            yield Edge(name, pool, ACCESS, "authorizer")


def _events() -> Iterator[Edge]:
    """What makes functions run, as SAM has it with the function."""
    for function, properties in resources_of_type(FUNCTION).items():
        for event in properties.get("Events", {}).values():
            settings = {key: value for key, value in event["Properties"].items() if key not in _FAILURES}
            label = {"DynamoDB": "stream"}.get(event["Type"], "")
            for source in mentioned(settings):
                yield Edge(source, function, EVENT, label)


def _deliveries() -> Iterator[Edge]:
    """What makes functions run, or goes on to queues, by resources of its own."""
    for subscription in resources_of_type("AWS::SNS::Subscription").values():
        label = ", ".join(subscription.get("FilterPolicy", {}).get("type", []))
        for source in mentioned(subscription["TopicArn"]):
            for target in mentioned(subscription["Endpoint"]):
                yield Edge(source, target, EVENT, label)
    for schedule, properties in resources_of_type(SCHEDULE).items():
        for target in mentioned(properties["Target"]["Arn"]):
            yield Edge(schedule, target, EVENT, properties["ScheduleExpression"])
    for bucket, properties in resources_of_type(BUCKET).items():
        for notification in properties["NotificationConfiguration"]["LambdaConfigurations"]:
            for target in mentioned(notification["Function"]):
                yield Edge(
                    bucket, target, EVENT, "".join(words(notification["Filter"])).removeprefix("prefix")
                )


def _failures() -> Iterator[Edge]:
    for name, resource in load_template()["Resources"].items():
        for destination in _destinations(resource.get("Properties", {})):
            for target in mentioned(destination):
                owner = (
                    name if resource["Type"] in DRAWN else mentioned(resource["Properties"]["TopicArn"])[0]
                )
                yield Edge(owner, target, FAILURE)


def _destinations(value: Any) -> Iterator[Any]:
    """The places in a value that say where failures go."""
    if isinstance(value, dict):
        for key, item in value.items():
            if key in _FAILURES:
                yield item
            else:
                yield from _destinations(item)


def _accesses() -> Iterator[Edge]:
    """What the roles of functions allow, less what Lambda itself does to read queues and streams."""
    verbs: dict[tuple[str, str], set[str]] = {}
    for function, properties in resources_of_type(FUNCTION).items():
        for statement in statements(properties["Role"].value.removesuffix(".Arn")):
            for action in statement["Action"]:
                for target in _targets(action, statement["Resource"]):
                    verbs.setdefault((function, target), set()).add(_verb(action))
    for (function, target), done in verbs.items():
        yield Edge(function, target, ACCESS, ", ".join(sorted(done)))


def _targets(action: str, resource: Any) -> list[str]:
    service, operation = action.split(":")
    if _POLLING.search(operation) and service in {"dynamodb", "sqs"}:
        return []
    if service in _UNDRAWN_SERVICES:
        return []
    return mentioned(resource) if service in _DRAWN_SERVICES else [service.upper()]


def _verb(action: str) -> str:
    operation = action.split(":")[1]
    if operation.startswith(("Publish", "Send")):
        return operation.removesuffix("Email").lower()
    return "read" if operation.startswith(("Get", "List", "Scan", "Query")) else "write"


def _alarmed() -> set[str]:
    """What alarms watch. Those of an API name it as its metrics do, and not by its logical id."""
    dimensions = [alarm["Dimensions"] for alarm in resources_of_type("AWS::CloudWatch::Alarm").values()]
    names = [dimension["Value"] for group in dimensions for dimension in group]
    apis = {name for name, properties in resources_of_type(API).items() if properties["Name"] in names}
    return apis | set(mentioned(names))
