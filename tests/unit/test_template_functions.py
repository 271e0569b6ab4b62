"""The functions of template.yaml: what each has, and what each may do."""

import importlib
import re
from dataclasses import fields
from typing import Any

import pytest

from deployment import hooks
from tests.helpers.template import (
    NO_VALUE,
    Intrinsic,
    function_variables,
    load_template,
    resources_of_type,
    statements,
)
from users import settings

FUNCTIONS = resources_of_type("AWS::Serverless::Function")
ROLES = resources_of_type("AWS::IAM::Role")
SETTINGS: dict[str, list[type[Any]]] = {
    "UsersApiFunction": [settings.UsersApiSettings],
    "UserStreamFunction": [settings.UserStreamSettings],
    "UserEventsFunction": [settings.UserEventsSettings, settings.IdempotencySettings],
    "ThumbnailsFunction": [settings.ThumbnailsSettings, settings.IdempotencySettings],
    "CleanupFunction": [settings.CleanupSettings],
    "PreTrafficFunction": [hooks.PreTrafficSettings],
    "PostTrafficFunction": [hooks.PostTrafficSettings],
}
DATA = {
    "AWS::SSM::Parameter",
    "AWS::Serverless::Function",
    "AWS::DynamoDB::Table",
    "AWS::S3::Bucket",
    "AWS::SNS::Topic",
    "AWS::SQS::Queue",
}
READ_BY_POWERTOOLS = {"POWERTOOLS_SERVICE_NAME", "POWERTOOLS_METRICS_NAMESPACE"}
KNOW_NO_RESOURCES = {
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
    "dynamodb:ListStreams",
    "cloudwatch:DescribeAlarms",
}


def target(value: Any) -> str:
    """The logical id that `!Ref X`, `!GetAtt X.Arn` or the like names."""
    assert isinstance(value, Intrinsic), value
    return str(value.value).split(".", maxsplit=1)[0]


def listed(value: Any) -> list[Any]:
    """One or several, as a list."""
    return value if isinstance(value, list) else [value]


def texts(value: Any) -> str:
    """All that is in a value, with the names that it refers to."""
    if isinstance(value, Intrinsic):
        return texts(value.value)
    if isinstance(value, dict):
        return texts(list(value.values()))
    return " ".join(texts(item) for item in value) if isinstance(value, list) else str(value)


def test_each_function_has_settings() -> None:
    """The tests below look at all of them."""
    assert set(SETTINGS) == set(FUNCTIONS)


@pytest.mark.parametrize("name", FUNCTIONS)
class TestFunction:
    """Each function stands by itself."""

    def test_has_each_variable_that_is_read_and_no_other(self, name: str) -> None:
        names = {field.name.upper() for kind in SETTINGS[name] for field in fields(kind)}
        assert set(function_variables(name)) == names | READ_BY_POWERTOOLS

    def test_has_a_handler(self, name: str) -> None:
        module, _, function = FUNCTIONS[name]["Handler"].rpartition(".")
        assert callable(getattr(importlib.import_module(module), function))

    def test_a_new_layer_is_a_new_version(self, name: str) -> None:
        assert load_template()["Globals"]["Function"]["AutoPublishAlias"] == "live"
        assert FUNCTIONS[name]["AutoPublishAliasAllProperties"] is True
        layers = resources_of_type("AWS::Serverless::LayerVersion").values()
        assert all(layer["PublishLambdaVersion"] is True for layer in layers)

    def test_has_a_role_of_its_own(self, name: str) -> None:
        assert target(FUNCTIONS[name]["Role"]) == name.removesuffix("Function") + "Role"
        assert [target(other["Role"]) for other in FUNCTIONS.values()].count(
            target(FUNCTIONS[name]["Role"])
        ) == 1
        assert "Policies" not in FUNCTIONS[name]

    def test_has_a_log_group_of_its_own_that_forgets(self, name: str) -> None:
        group = target(FUNCTIONS[name]["LoggingConfig"]["LogGroup"])
        assert group == name.removesuffix("Function") + "LogGroup"
        assert (
            target(resources_of_type("AWS::Logs::LogGroup")[group]["RetentionInDays"]) == "LogRetentionDays"
        )

    def test_knows_how_long_it_may_take(self, name: str) -> None:
        variables = function_variables(name)
        timeout = str(FUNCTIONS[name]["Timeout"])
        assert variables.get("FUNCTION_TIMEOUT_SECONDS", timeout) == timeout

    def test_knows_only_what_it_may_use(self, name: str) -> None:
        resources = load_template()["Resources"]
        references = [value for value in function_variables(name).values() if isinstance(value, Intrinsic)]
        known = {target(value) for value in references} & set(resources)
        assert {resources[resource]["Type"] for resource in known} <= DATA
        allowed = texts([statement["Resource"] for statement in statements(target(FUNCTIONS[name]["Role"]))])
        assert all(resource in allowed for resource in known)

    def test_only_thumbnails_carry_the_imaging_layer(self, name: str) -> None:
        layers = [target(layer) for layer in FUNCTIONS[name].get("Layers", [])]
        assert layers == (["ImagingLayer"] if name == "ThumbnailsFunction" else [])


class TestLayers:
    """What all functions share is in one layer."""

    def test_all_carry_the_common_one(self) -> None:
        common, insights = load_template()["Globals"]["Function"]["Layers"]
        assert common == Intrinsic("Ref", "CommonLayer")
        assert insights.value[:2] == ["UsesLambdaInsights", Intrinsic("Ref", "LambdaInsightsLayerArn")]


class TestUsersApi:
    """The function behind the API."""

    def test_outlasts_its_own_waiting_and_not_the_gateways(self) -> None:
        assert 20 < FUNCTIONS["UsersApiFunction"]["Timeout"] < 29

    def test_knows_each_table(self) -> None:
        tables = set(resources_of_type("AWS::DynamoDB::Table"))
        variables = function_variables("UsersApiFunction").values()
        assert tables <= {value.value for value in variables if getattr(value, "tag", None) == "Ref"}

    def test_a_signed_form_writes_uploads_and_a_signed_url_reads_thumbnails(self) -> None:
        images = {
            tuple(statement["Action"]): statement["Resource"].value
            for statement in statements("UsersApiRole")
            if any(action.startswith("s3:") for action in statement["Action"])
        }
        assert images == {
            ("s3:PutObject",): "${ImagesBucket.Arn}/uploads/*",
            ("s3:GetObject",): "${ImagesBucket.Arn}/thumbnails/*",
        }


@pytest.mark.parametrize("role", ROLES)
class TestPermissions:
    """A role allows what is done with it, on what it is done to."""

    def test_names_actions(self, role: str) -> None:
        for statement in statements(role):
            assert all(re.fullmatch("[a-z0-9]+:[A-Za-z]+", action) for action in statement["Action"])

    def test_names_resources(self, role: str) -> None:
        for statement in statements(role):
            if "*" in listed(statement["Resource"]):
                assert set(statement["Action"]) <= KNOW_NO_RESOURCES
            else:
                assert all(isinstance(resource, Intrinsic) for resource in listed(statement["Resource"]))

    def test_uses_what_a_table_allows_on_tables(self, role: str) -> None:
        tables = set(resources_of_type("AWS::DynamoDB::Table"))
        for statement in statements(role):
            if any(action.startswith("dynamodb:") for action in statement["Action"]):
                assert statement["Resource"] == "*" or target(statement["Resource"]) in tables

    def test_is_assumed_by_one_service(self, role: str) -> None:
        [statement] = ROLES[role]["AssumeRolePolicyDocument"]["Statement"]
        assert statement["Action"] == "sts:AssumeRole"
        assert re.fullmatch(r"[a-z]+\.amazonaws\.com", statement["Principal"]["Service"])

    def test_only_api_gateway_has_a_policy_of_aws(self, role: str) -> None:
        policies = ROLES[role].get("ManagedPolicyArns", [])
        optional = Intrinsic("If", ["HasOptions", Intrinsic("Ref", "OptionsPolicy"), NO_VALUE])
        if role != "ApiGatewayLoggingRole":
            assert policies == [optional] * (role.replace("Role", "Function") in FUNCTIONS)


class TestColdStarts:
    """Two ways around them, of which Lambda takes one."""

    def test_each_is_off_unless_asked_for(self) -> None:
        parameters = load_template()["Parameters"]
        assert (parameters["SnapStart"]["Default"], parameters["ProvisionedConcurrency"]["Default"]) == (
            "false",
            0,
        )

    def test_the_template_refuses_both(self) -> None:
        rule = load_template()["Rules"]["OneWayAroundColdStarts"]
        assert rule["RuleCondition"] == Intrinsic("Equals", [Intrinsic("Ref", "SnapStart"), "true"])
        [assertion] = rule["Assertions"]
        none = Intrinsic("Equals", [Intrinsic("Ref", "ProvisionedConcurrency"), 0])
        assert assertion["Assert"] == none
        assert "exclude" in assertion["AssertDescription"]

    def test_both_are_the_apis(self) -> None:
        functions = resources_of_type("AWS::Serverless::Function")
        having = {name for name, function in functions.items() if "ProvisionedConcurrencyConfig" in function}
        assert having == {"UsersApiFunction"}
        assert having == {name for name, function in functions.items() if "SnapStart" in function}
        assert functions["UsersApiFunction"]["AutoPublishAliasAllProperties"]  # both act on versions
