"""template.yaml as data, for tests that hold the code against it."""

from typing import Any

from generate.template import (
    NO_VALUE,
    Intrinsic,
    load_template,
    resources_of_type,
    statements,
)

__all__ = ["NO_VALUE", "Intrinsic", "load_template", "resources_of_type", "statements"]

# CreateTable takes these as CloudFormation has them; the others are set by calls of their own.
_TABLE_PROPERTIES = ("AttributeDefinitions", "KeySchema", "BillingMode")


def function_variables(logical_id: str) -> dict[str, Any]:
    """The environment variables that a function has, those of all functions included."""
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
