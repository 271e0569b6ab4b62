"""Protection in template.yaml, which docs/security.md describes."""

import pytest

from tests.helpers.markdown import PROJECT
from tests.helpers.template import Intrinsic, load_template, resources_of_type
from tests.helpers.transformed import transformed_of_type

PAGE = (PROJECT / "docs" / "security.md").read_text("utf-8")
DESCRIBED = ["AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::SNS::Topic", "AWS::Serverless::Function"]


def test_every_role_has_the_boundary_of_the_parameter() -> None:
    """Roles that SAM adds have it, too."""
    roles = transformed_of_type("AWS::IAM::Role")
    boundary = {"Fn::If": ["BoundsPermissions", {"Ref": "PermissionsBoundaryArn"}, {"Ref": "AWS::NoValue"}]}
    assert [role for role in roles if role.get("PermissionsBoundary") != boundary] == []
    assert len(roles) >= len(resources_of_type("AWS::IAM::Role"))


def test_data_that_is_retained_cannot_be_deleted_by_mistake() -> None:
    """A bucket with objects cannot be deleted anyway."""
    retained = Intrinsic("If", ["KeepsData", "Retain", "Delete"])
    protection = {
        "AWS::DynamoDB::Table": ("DeletionProtectionEnabled", True, False),
        "AWS::Cognito::UserPool": ("DeletionProtection", "ACTIVE", "INACTIVE"),
    }
    for resource in load_template()["Resources"].values():
        if resource.get("DeletionPolicy") == retained and resource["Type"] in protection:
            name, *values = protection[resource["Type"]]
            assert resource["Properties"][name] == Intrinsic("If", ["KeepsData", *values])


@pytest.mark.parametrize("kind", DESCRIBED)
def test_the_page_says_who_can_use_it(kind: str) -> None:
    """Each resource that holds or reads data is on the page."""
    assert [name for name in resources_of_type(kind) if name not in PAGE] == []


def test_the_page_says_how_long_a_token_is_valid() -> None:
    """A deleted client has access for as long."""
    client = resources_of_type("AWS::Cognito::UserPoolClient")["UserPoolClient"]
    assert f"{client['AccessTokenValidity']} {client['TokenValidityUnits']['AccessToken']}" in PAGE


def test_no_trace_has_the_url_of_a_request() -> None:
    """API Gateway would record it with its query string: `GET /users?email=...`."""
    stages = transformed_of_type("AWS::ApiGateway::Stage")
    assert [stage.get("TracingEnabled", False) for stage in stages] == [False]
