"""The gradual deployment of template.yaml after SAM's transform."""

import json
import re
from graphlib import TopologicalSorter
from typing import Any

import pytest

from tests.helpers.transformed import transformed

GRADUAL = ["Canary10Percent5Minutes", "Linear10PercentEvery1Minute"]


def references(value: Any) -> set[str]:
    """The names in `Ref`, `Fn::GetAtt`, `Fn::Sub` and `DependsOn` of a resource."""
    text = json.dumps(value)
    return set(re.findall(r'(?:"Ref": "|"Fn::GetAtt": \["|"DependsOn": \[?"|\$\{)(\w+)', text))


@pytest.mark.parametrize("preference", GRADUAL)
class TestGradual:
    """Staging and prod."""

    def test_codedeploy_shifts_the_alias_with_hooks_and_rolls_back_on_alarms(self, preference: str) -> None:
        resources = transformed(DeploymentPreference=preference)["Resources"]
        policy = resources["UsersApiFunctionAliaslive"]["UpdatePolicy"]["CodeDeployLambdaAliasUpdate"]
        assert references(policy["BeforeAllowTrafficHook"]) >= {"PreTrafficFunction"}
        assert references(policy["AfterAllowTrafficHook"]) >= {"PostTrafficFunction"}
        [group] = [
            each["Properties"] for each in resources.values() if each["Type"].endswith("DeploymentGroup")
        ]
        assert group["DeploymentConfigName"]["Fn::Sub"][1] == {"ConfigName": preference}
        alarms = {"UsersApiErrorsAlarm", "UsersApiServerErrorsAlarm", "UsersApiLatencyAlarm"}
        assert references(group["AlarmConfiguration"]) == alarms
        assert "DEPLOYMENT_STOP_ON_ALARM" in group["AutoRollbackConfiguration"]["Events"]
        assert references(group["ServiceRoleArn"]) >= {"CodeDeployRole"}
        gradual = [name for name, each in resources.items() if "UpdatePolicy" in each]
        assert gradual == ["UsersApiFunctionAliaslive"]

    def test_no_resource_depends_on_itself(self, preference: str) -> None:
        resources = transformed(DeploymentPreference=preference)["Resources"]
        graph = {name: references(each) & set(resources) for name, each in resources.items()}
        TopologicalSorter(graph).prepare()  # raises CycleError


def test_codedeploy_is_absent_when_traffic_shifts_at_once() -> None:
    """The local AWS does not have it."""
    assert not [each for each in transformed()["Resources"].values() if "CodeDeploy" in each["Type"]]
