"""The options of template.yaml are off by default, and each is whole when it is on."""

from typing import Any

import pytest

from tests.helpers.template import Intrinsic, load_template, resources_of_type

CONDITIONS = load_template()["Conditions"]
POLICY = load_template()["Resources"]["OptionsPolicy"]


def granted(condition: str) -> list[dict[str, Any]]:
    """The statements that all functions get with an option."""
    choices = [statement.value for statement in POLICY["Properties"]["PolicyDocument"]["Statement"]]
    return [statement for option, statement, _ in choices if option == condition]


@pytest.mark.parametrize("parameter", ["LambdaInsightsLayerArn", "SubnetIds", "SecurityGroupIds"])
def test_an_option_is_off_when_nobody_asks_for_it(parameter: str) -> None:
    """It costs money, or requires what the stack does not create."""
    assert load_template()["Parameters"][parameter]["Default"] == ""


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
