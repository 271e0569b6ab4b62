"""Alarms: each watches an existing resource and links to its instructions."""

from typing import Any

import pytest

from tests.helpers.markdown import PROJECT, anchors
from tests.helpers.template import Intrinsic, resources_of_type
from tests.unit.test_template_events import DEAD_LETTER_QUEUES, QUEUES
from tests.unit.test_template_functions import FUNCTIONS, target

ALARMS = resources_of_type("AWS::CloudWatch::Alarm")
# The metrics that AWS publishes, as its documentation has them: names, and the dimensions of each.
METRICS: dict[tuple[Any, str], set[str]] = {
    ("AWS/ApiGateway", "5XXError"): {"ApiName", "Stage"},
    ("AWS/ApiGateway", "Latency"): {"ApiName", "Stage"},
    ("AWS/Lambda", "Errors"): {"FunctionName", "Resource"},
    ("AWS/Lambda", "Throttles"): {"FunctionName"},
    ("AWS/Lambda", "IteratorAge"): {"FunctionName"},
    ("AWS/Lambda", "DestinationDeliveryFailures"): {"FunctionName"},
    ("ServerlessUsersApi", "WebhookCircuitOpen"): {"circuit", "service"},
    ("AWS/SQS", "ApproximateAgeOfOldestMessage"): {"QueueName"},
    ("AWS/SQS", "ApproximateNumberOfMessagesVisible"): {"QueueName"},
}


def dimensions(alarm: dict[str, Any]) -> dict[str, Any]:
    """The dimensions of an alarm's metric by name."""
    return {dimension["Name"]: dimension["Value"] for dimension in alarm.get("Dimensions", [])}


def watching(metric: str) -> dict[str, dict[str, Any]]:
    """The alarms on a metric, by what they watch."""
    return {
        target(next(iter(dimensions(alarm).values()))): alarm
        for alarm in ALARMS.values()
        if alarm["MetricName"] == metric
    }


class TestAlarms:
    """Each kind of failure has an alarm."""

    @pytest.mark.parametrize("name", ALARMS)
    def test_each_alarm_watches_a_metric_of_a_resource_and_links_to_what_to_do(self, name: str) -> None:
        alarm, values = ALARMS[name], dimensions(ALARMS[name])
        filters = resources_of_type("AWS::Logs::MetricFilter").values()
        filtered = [each for one in filters for each in one["MetricTransformations"]]
        counted: Any = {(each["MetricNamespace"], each["MetricName"]): set() for each in filtered}
        assert set(values) == (METRICS | counted)[alarm["Namespace"], alarm["MetricName"]]
        assert "FunctionName" not in values or target(values["FunctionName"]) in FUNCTIONS
        if queue := values.get("QueueName"):
            assert (queue.tag, queue.value.split(".")[1]) == ("GetAtt", "QueueName")
            assert target(queue) in QUEUES
        for api in resources_of_type("AWS::Serverless::Api").values():
            assert values.get("ApiName", api["Name"]) == api["Name"]
            assert values.get("Stage", api["StageName"]) == api["StageName"]
        stays = alarm["MetricName"] == "WebhookCircuitOpen"  # an open circuit writes no more
        assert alarm["TreatMissingData"] == ("ignore" if stays else "notBreaching")
        assert alarm["ComparisonOperator"] == "GreaterThanThreshold"
        assert alarm["AlarmActions"] == alarm["OKActions"] == [Intrinsic("Ref", "AlarmTopic")]
        page, _, anchor = alarm["AlarmDescription"].split()[-1].partition("#")
        assert anchor in anchors(PROJECT / page)

    def test_each_dead_letter_queue_has_one(self) -> None:
        alarms = watching("ApproximateNumberOfMessagesVisible")
        assert sorted(alarms) == DEAD_LETTER_QUEUES
        assert {alarm["Threshold"] for alarm in alarms.values()} == {0}

    def test_each_other_queue_has_one_that_leaves_time_for_retries(self) -> None:
        alarms = watching("ApproximateAgeOfOldestMessage")
        assert set(alarms) == set(QUEUES) - set(DEAD_LETTER_QUEUES)
        del alarms["WebhookQueue"]  # a message that waits for its receiver does not count
        for queue, alarm in alarms.items():
            tries = QUEUES[queue]["RedrivePolicy"]["maxReceiveCount"]
            assert alarm["Threshold"] > QUEUES[queue]["VisibilityTimeout"] * tries

    def test_each_function_that_reads_a_stream_has_one(self) -> None:
        readers = {
            name
            for name, function in FUNCTIONS.items()
            if any(event["Type"] == "DynamoDB" for event in function.get("Events", {}).values())
        }
        assert set(watching("IteratorAge")) == set(watching("DestinationDeliveryFailures")) == readers

    def test_the_api_has_one_for_requests_that_lambda_rejects(self) -> None:
        assert "UsersApiFunction" in watching("Throttles")


def test_only_cloudwatch_of_this_account_can_publish() -> None:
    """To the topic of the alarms."""
    policy = resources_of_type("AWS::SNS::TopicPolicy")["AlarmTopicPolicy"]["PolicyDocument"]
    [statement] = policy["Statement"]
    assert statement["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert statement["Action"] == "sns:Publish"
    condition = {"StringEquals": {"aws:SourceAccount": Intrinsic("Ref", "AWS::AccountId")}}
    assert statement["Condition"] == condition
