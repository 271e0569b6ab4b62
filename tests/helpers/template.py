"""template.yaml as data, with intrinsic functions, for tests that compare it with the code."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

TEMPLATE = Path(__file__).parents[2] / "template.yaml"

# CreateTable takes these as CloudFormation has them; the others are set by calls of their own.
_TABLE_PROPERTIES = ("AttributeDefinitions", "KeySchema", "BillingMode")


@dataclass(frozen=True)
class Intrinsic:
    """A value that CloudFormation computes: `!Ref Stage` has the tag `Ref` and the value `Stage`."""

    tag: str
    value: Any


NO_VALUE = Intrinsic("Ref", "AWS::NoValue")


class _Loader(yaml.SafeLoader):
    """YAML with the short forms of CloudFormation's functions."""


def _intrinsic(loader: _Loader, tag: str, node: yaml.Node) -> Intrinsic:
    if isinstance(node, yaml.MappingNode):
        return Intrinsic(tag, loader.construct_mapping(node, deep=True))
    if isinstance(node, yaml.SequenceNode):
        return Intrinsic(tag, loader.construct_sequence(node, deep=True))
    assert isinstance(node, yaml.ScalarNode)  # there is no fourth kind
    return Intrinsic(tag, loader.construct_scalar(node))


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


def statements(role: str) -> Iterator[dict[str, Any]]:
    """The statements of a role, including conditional ones."""
    for policy in resources_of_type("AWS::IAM::Role")[role].get("Policies", []):
        choices = policy.value[1:] if isinstance(policy, Intrinsic) else [policy]
        for choice in [choice for choice in choices if choice != NO_VALUE]:
            for statement in choice["PolicyDocument"]["Statement"]:
                options = statement.value[1:] if isinstance(statement, Intrinsic) else [statement]
                yield from (option for option in options if option != NO_VALUE)


def function_variables(logical_id: str) -> dict[str, Any]:
    """The environment variables of a function, including those of Globals."""
    own = load_template()["Resources"][logical_id]["Properties"]["Environment"]["Variables"]
    shared = load_template()["Globals"]["Function"]["Environment"]["Variables"]
    return {**shared, **own}


def create_tables(dynamodb: Any) -> None:
    """Create the template's tables, each named by its logical id."""
    for name, properties in resources_of_type("AWS::DynamoDB::Table").items():
        definition = {key: properties[key] for key in _TABLE_PROPERTIES}
        dynamodb.create_table(TableName=name, **definition)
        if "TimeToLiveSpecification" in properties:
            dynamodb.update_time_to_live(
                TableName=name, TimeToLiveSpecification=properties["TimeToLiveSpecification"]
            )
