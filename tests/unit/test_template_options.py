"""The options of template.yaml are off by default, and each is complete when it is on."""

import json
import re
from typing import Any

import pytest

from tests.helpers.template import NO_VALUE, Intrinsic, load_template, resources_of_type, statements
from tests.unit.test_template_functions import FUNCTIONS, target
from tools.local.stack import PARAMETERS

CONDITIONS = load_template()["Conditions"]
POLICY = load_template()["Resources"]["OptionsPolicy"]
KEY = Intrinsic("Ref", "KmsKeyArn")
ELSE_OF_AWS: dict[str, tuple[str, dict[str, Any]]] = {
    "AWS::DynamoDB::Table": ("KMSMasterKeyId", {"SSEEnabled": True, "SSEType": "KMS"}),
    "AWS::SQS::Queue": (
        "KmsMasterKeyId",
        {"SqsManagedSseEnabled": Intrinsic("If", ["UsesKmsKey", NO_VALUE, True])},
    ),
    "AWS::SNS::Topic": ("KmsMasterKeyId", {}),
    "AWS::Logs::LogGroup": ("KmsKeyId", {}),
}
"""The property for the key, and the encryption without a key."""


def granted(condition: str) -> list[dict[str, Any]]:
    """The statements that all functions get with an option."""
    choices = [statement.value for statement in POLICY["Properties"]["PolicyDocument"]["Statement"]]
    return [statement for option, statement, _ in choices if option == condition]


@pytest.mark.parametrize(
    ("parameter", "default"),
    [
        (name, "")
        for name in ("KmsKeyArn", "LambdaInsightsLayerArn", "SubnetIds", "SecurityGroupIds", "WebAclArn")
    ]
    + [(name, 0) for name in ("ClientRateLimit", "ApiReservedConcurrency", "ConsumerReservedConcurrency")],
)
def test_an_option_is_off_by_default(parameter: str, default: object) -> None:
    """It costs money, or requires what the stack does not create."""
    assert load_template()["Parameters"][parameter]["Default"] == default


def test_functions_have_the_policy_when_an_option_needs_it() -> None:
    """Each condition of a statement is one of the policy's."""
    options = {statement.value[0] for statement in POLICY["Properties"]["PolicyDocument"]["Statement"]}
    assert POLICY["Condition"] == "HasOptions"
    assert options == {condition.value for condition in CONDITIONS["HasOptions"].value}


class TestVpc:
    """Every function is in it, and Lambda may manage its network interfaces."""

    def test_every_function_is_in_it(self) -> None:
        option, network, _ = load_template()["Globals"]["Function"]["VpcConfig"].value
        assert option == "UsesVpc"
        assert network == {name: Intrinsic("Ref", name) for name in ("SubnetIds", "SecurityGroupIds")}
        functions = resources_of_type("AWS::Serverless::Function").values()
        assert not [function for function in functions if "VpcConfig" in function]

    def test_lambda_has_the_permissions_of_the_aws_policy_and_code_has_none(self) -> None:
        allowed, denied = granted("UsesVpc")
        assert set(allowed["Action"]) == {
            *("ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface", "ec2:DescribeNetworkInterfaces"),
            *("ec2:DescribeSubnets", "ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses"),
        }
        assert (denied["Effect"], denied["Action"]) == ("Deny", "ec2:*")
        assert denied["Condition"] == {"Null": {"lambda:SourceFunctionArn": "false"}}


class TestKey:
    """One key encrypts all that is stored; without it, keys of AWS do."""

    @pytest.mark.parametrize(
        ("kind", "name"), [(kind, name) for kind in ELSE_OF_AWS for name in resources_of_type(kind)]
    )
    def test_encrypts_every_resource(self, kind: str, name: str) -> None:
        key, others = ELSE_OF_AWS[kind]
        properties = resources_of_type(kind)[name]
        properties = properties.get("SSESpecification", properties)
        # CloudWatch cannot publish with the key of AWS.
        without = "alias/aws/sns" if name == "UserEventsTopic" else NO_VALUE
        assert properties.items() >= {key: Intrinsic("If", ["UsesKmsKey", KEY, without]), **others}.items()

    def test_encrypts_buckets_and_environment_variables(self) -> None:
        for bucket in resources_of_type("AWS::S3::Bucket").values():
            [rule] = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
            with_key, without = (each["ServerSideEncryptionByDefault"] for each in rule.value[1:])
            assert with_key == {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": KEY}
            assert without == {"SSEAlgorithm": "AES256"}
        assert load_template()["Globals"]["Function"]["KmsKeyArn"] == Intrinsic(
            "If", ["UsesKmsKey", KEY, NO_VALUE]
        )

    def test_roles_may_use_it(self) -> None:
        use = {"Effect": "Allow", "Action": ["kms:Decrypt", "kms:GenerateDataKey"], "Resource": KEY}
        assert granted("UsesKmsKey") == [use]
        for schedule in resources_of_type("AWS::Scheduler::Schedule").values():
            assert use in statements(target(schedule["Target"]["RoleArn"]))  # for the dead-letter queue


class TestEdge:
    """No client can exhaust the capacity of others."""

    def test_a_client_is_a_token_and_an_address(self) -> None:
        rules = resources_of_type("AWS::WAFv2::WebACL")["ClientLimits"]["Rules"]
        by_token, by_address = (rule["Statement"]["RateBasedStatement"] for rule in rules)
        assert by_token["CustomKeys"][0]["Header"]["Name"] == "authorization"
        assert by_address["AggregateKeyType"] == "IP"
        assert [each["Limit"] for each in (by_token, by_address)] == 2 * [Intrinsic("Ref", "ClientRateLimit")]

    def test_a_client_above_its_limit_gets_the_problem_of_the_contract(self) -> None:
        acl = resources_of_type("AWS::WAFv2::WebACL")["ClientLimits"]
        throttled = resources_of_type("AWS::Serverless::Api")["UsersApi"]["GatewayResponses"]["THROTTLED"]
        expected = json.loads(throttled["ResponseTemplates"]["application/json"])
        del expected["requestId"]
        for rule in acl["Rules"]:
            response = rule["Action"]["Block"]["CustomResponse"]
            body = acl["CustomResponseBodies"][response["CustomResponseBodyKey"]]
            assert response["ResponseCode"] == throttled["StatusCode"]
            assert json.loads(body["Content"]) == expected

    def test_tokens_are_in_no_samples(self) -> None:
        acl = resources_of_type("AWS::WAFv2::WebACL")["ClientLimits"]
        samples = [each["VisibilityConfig"]["SampledRequestsEnabled"] for each in [acl, *acl["Rules"]]]
        assert samples == 3 * [False]

    def test_the_local_stage_has_no_web_acl(self) -> None:
        [association] = [
            each
            for each in load_template()["Resources"].values()
            if each["Type"].endswith("WebACLAssociation")
        ]
        assert association["Condition"] == "HasWebAcl"
        assert not {"ClientRateLimit", "WebAclArn"} & set(PARAMETERS)

    def test_failed_log_ins_are_counted_in_the_access_log(self) -> None:
        [log_ins] = resources_of_type("AWS::Logs::MetricFilter").values()
        fields = json.loads(
            resources_of_type("AWS::Serverless::Api")["UsersApi"]["AccessLogSetting"]["Format"]
        )
        assert log_ins["LogGroupName"] == Intrinsic("Ref", "UsersApiAccessLogGroup")
        compared = re.findall(r'\$\.(\w+) = "(\d+)"', log_ins["FilterPattern"])  # text, as the log has it
        assert compared == [("status", "401"), ("status", "403")]
        assert fields["status"] == "$context.status"

    @pytest.mark.parametrize("name", [name for name in FUNCTIONS if "Traffic" not in name])
    def test_concurrency_is_reserved_for_the_api_and_each_consumer(self, name: str) -> None:
        api, consumers = (
            ("ReservesForApi", "ApiReservedConcurrency"),
            ("ReservesForConsumers", "ConsumerReservedConcurrency"),
        )
        [condition, value, _] = FUNCTIONS[name]["ReservedConcurrentExecutions"].value
        assert (condition, value.value) == (api if name == "UsersApiFunction" else consumers)
