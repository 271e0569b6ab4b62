"""The options of template.yaml are off by default, and each is complete when it is on."""

import json
import re
from typing import Any

import pytest

from tests.helpers.template import NO_VALUE, Intrinsic, load_template, resources_of_type, statements
from tests.unit.test_template_functions import FUNCTIONS, target, texts

CONDITIONS = load_template()["Conditions"]
POLICY = load_template()["Resources"]["OptionsPolicy"]
KEY = Intrinsic("Ref", "KmsKeyArn")
UNSET = ("KmsKeyArn", "LambdaInsightsLayerArn", "SubnetIds", "SecurityGroupIds", "WebAclArn")
LIMITS = ("ClientRateLimit", "ApiReservedConcurrency", "ConsumerReservedConcurrency")
OFF = (
    dict.fromkeys(UNSET, "") | dict.fromkeys((*LIMITS, "ProvisionedConcurrency"), 0) | {"SnapStart": "false"}
)
"""The defaults of the options, which cost money, or require what the stack does not create."""
ENCRYPTED = re.compile("UsesKmsKey (aws:kms )?KmsKeyArn")
STORES = ["DynamoDB::Table", "SQS::Queue", "SNS::Topic", "Logs::LogGroup", "S3::Bucket"]
API = resources_of_type("AWS::Serverless::Api")["UsersApi"]
ACL = resources_of_type("AWS::WAFv2::WebACL")["ClientLimits"]


def granted(condition: str) -> list[dict[str, Any]]:
    """The statements that all functions get with an option."""
    choices = [statement.value for statement in POLICY["Properties"]["PolicyDocument"]["Statement"]]
    return [statement for option, statement, _ in choices if option == condition]


def test_each_option_is_off_by_default() -> None:
    """The table above."""
    assert {name: load_template()["Parameters"][name]["Default"] for name in OFF} == OFF


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

    def test_code_has_none_of_the_permissions_of_lambda(self) -> None:
        allowed, denied = granted("UsesVpc")
        assert {action.partition(":")[0] for action in allowed["Action"]} == {"ec2"}
        assert (denied["Effect"], denied["Action"]) == ("Deny", "ec2:*")
        assert denied["Condition"] == {"Null": {"lambda:SourceFunctionArn": "false"}}


class TestKey:
    """One key encrypts all that is stored. Without it, keys of AWS do, as checkov requires."""

    @pytest.mark.parametrize("kind", STORES)
    def test_encrypts_every_resource(self, kind: str) -> None:
        resources = resources_of_type(f"AWS::{kind}")
        encrypted = [name for name in resources if ENCRYPTED.search(texts(resources[name]))]
        assert encrypted == [*resources] != []

    def test_encrypts_environment_variables_and_the_topic_to_which_cloudwatch_publishes(self) -> None:
        topic = resources_of_type("AWS::SNS::Topic")["AlarmTopic"]  # not with the key of AWS
        keys = [load_template()["Globals"]["Function"]["KmsKeyArn"], topic["KmsMasterKeyId"]]
        assert [key.value for key in keys] == 2 * [["UsesKmsKey", KEY, NO_VALUE]]

    def test_roles_may_use_it(self) -> None:
        use = {"Effect": "Allow", "Action": ["kms:Decrypt", "kms:GenerateDataKey"], "Resource": KEY}
        assert granted("UsesKmsKey") == [use]
        for schedule in resources_of_type("AWS::Scheduler::Schedule").values():
            assert use in statements(target(schedule["Target"]["RoleArn"]))  # for the dead-letter queue


class TestEdge:
    """No client can exhaust the capacity of others."""

    def test_a_client_is_a_token_and_an_address(self) -> None:
        by_token, by_address = (rule["Statement"]["RateBasedStatement"] for rule in ACL["Rules"])
        assert by_token["CustomKeys"][0]["Header"]["Name"] == "authorization"
        assert by_address["AggregateKeyType"] == "IP"
        samples = [each["VisibilityConfig"]["SampledRequestsEnabled"] for each in [ACL, *ACL["Rules"]]]
        assert samples == 3 * [False], "they would contain tokens"

    def test_a_client_above_its_limit_gets_the_problem_of_the_contract(self) -> None:
        throttled = API["GatewayResponses"]["THROTTLED"]
        expected = json.loads(throttled["ResponseTemplates"]["application/json"])
        del expected["requestId"]
        for rule in ACL["Rules"]:
            response = rule["Action"]["Block"]["CustomResponse"]
            body = ACL["CustomResponseBodies"][response["CustomResponseBodyKey"]]
            assert response["ResponseCode"] == throttled["StatusCode"]
            assert json.loads(body["Content"]) == expected

    def test_failed_log_ins_are_counted_in_the_access_log(self) -> None:
        [log_ins] = resources_of_type("AWS::Logs::MetricFilter").values()
        assert log_ins["LogGroupName"] == Intrinsic("Ref", "UsersApiAccessLogGroup")
        compared = re.findall(r'\$\.(\w+) = "(\d+)"', log_ins["FilterPattern"])  # text, as the log has it
        assert compared == [("status", "401"), ("status", "403")]
        assert json.loads(API["AccessLogSetting"]["Format"])["status"] == "$context.status"

    @pytest.mark.parametrize("name", [name for name in FUNCTIONS if "Traffic" not in name])
    def test_concurrency_is_reserved_for_the_api_and_each_consumer(self, name: str) -> None:
        [condition, value, _] = FUNCTIONS[name]["ReservedConcurrentExecutions"].value
        kind = "Api" if name == "UsersApiFunction" else "Consumer"
        assert condition.removesuffix("s") == f"ReservesFor{kind}"
        assert value == Intrinsic("Ref", f"{kind}ReservedConcurrency")
