"""The functions of template.yaml: settings and permissions of each."""

import importlib
import re
from dataclasses import fields
from typing import Any

import pytest

from deployment import hooks
from tests.helpers.template import (
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
    "WebhookFunction": [settings.WebhooksSettings],
    "PreTrafficFunction": [hooks.PreTrafficSettings],
    "PostTrafficFunction": [hooks.PostTrafficSettings],
}
READ_BY_POWERTOOLS = {"POWERTOOLS_SERVICE_NAME", "POWERTOOLS_METRICS_NAMESPACE"}
PARAMETERS = "POWERTOOLS_PARAMETERS_MAX_AGE"
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
    """All texts in a value, including the names that it refers to."""
    if isinstance(value, Intrinsic):
        return texts(value.value)
    if isinstance(value, dict):
        return texts(list(value.values()))
    return " ".join(texts(item) for item in value) if isinstance(value, list) else str(value)


class TestFunctions:
    """Each function has its own settings, role and log group."""

    def test_all_have_settings_and_the_common_layer(self) -> None:
        shared = load_template()["Globals"]["Function"]
        assert set(SETTINGS) == set(FUNCTIONS)
        common, insights = shared["Layers"]
        assert common == Intrinsic("Ref", "CommonLayer")
        assert insights.value[:2] == ["UsesLambdaInsights", Intrinsic("Ref", "LambdaInsightsLayerArn")]
        assert shared["AutoPublishAlias"] == "live"
        layers = resources_of_type("AWS::Serverless::LayerVersion").values()
        assert all(layer["PublishLambdaVersion"] is True for layer in layers)

    @pytest.mark.parametrize("name", FUNCTIONS)
    def test_has_a_handler_a_role_and_a_log_group_of_its_own(self, name: str) -> None:
        function, prefix = FUNCTIONS[name], name.removesuffix("Function")
        module, _, handler = function["Handler"].rpartition(".")
        assert callable(getattr(importlib.import_module(module), handler))
        has_alias = function.get("AutoPublishAlias") != ""
        assert function.get("AutoPublishAliasAllProperties", False) is has_alias, "a new layer: a new version"
        assert target(function["Role"]) == f"{prefix}Role"
        assert target(function["LoggingConfig"]["LogGroup"]) == f"{prefix}LogGroup"

    @pytest.mark.parametrize("name", FUNCTIONS)
    def test_has_the_variables_that_it_reads_and_no_others(self, name: str) -> None:
        names = {field.name.upper() for kind in SETTINGS[name] for field in fields(kind)}
        variables = set(function_variables(name))
        assert variables - {PARAMETERS} == names | READ_BY_POWERTOOLS
        assert (PARAMETERS in variables) == (name == "WebhookFunction")


def test_signed_forms_write_uploads_and_signed_urls_read_thumbnails() -> None:
    """Whoever has one, has the permission of the API."""
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
    """A role names actions and resources."""

    def test_names_actions_and_resources(self, role: str) -> None:
        tables = set(resources_of_type("AWS::DynamoDB::Table"))
        for statement in statements(role):
            actions, resources = statement["Action"], listed(statement["Resource"])
            assert all(re.fullmatch("[a-z0-9]+:[A-Za-z]+", action) for action in actions)
            if "*" in resources:
                assert set(actions) <= KNOW_NO_RESOURCES
            else:
                assert all(isinstance(resource, Intrinsic) for resource in resources)
                assert not any("dynamodb:" in action for action in actions) or target(resources[0]) in tables

    def test_is_assumed_by_one_service(self, role: str) -> None:
        [statement] = ROLES[role]["AssumeRolePolicyDocument"]["Statement"]
        assert statement["Action"] == "sts:AssumeRole"
        assert re.fullmatch(r"[a-z]+\.amazonaws\.com", statement["Principal"]["Service"])
