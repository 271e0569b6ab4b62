"""The alarms of template.yaml: each watches something that is there, and tells somebody what to do."""

from pathlib import Path
from typing import Any

import pytest

from tests.helpers.markdown import anchors
from tests.helpers.template import Intrinsic, load_template, resources_of_type
from tests.unit.test_template_events import DEAD_LETTER_QUEUES, QUEUES
from tests.unit.test_template_functions import FUNCTIONS, target

ALARMS = resources_of_type("AWS::CloudWatch::Alarm")
PROJECT = Path(__file__).parents[2]
# The metrics that AWS publishes, as its documentation has them: names, and the dimensions of each.
METRICS: dict[tuple[Any, str], set[str]] = {
    ("AWS/ApiGateway", "5XXError"): {"ApiName", "Stage"},
    ("AWS/ApiGateway", "Latency"): {"ApiName", "Stage"},
    ("AWS/Lambda", "Errors"): {"FunctionName", "Resource"},
    ("AWS/Lambda", "Throttles"): {"FunctionName"},
    ("AWS/Lambda", "IteratorAge"): {"FunctionName"},
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


@pytest.mark.parametrize("name", ALARMS)
class TestAlarm:
    """Each alarm is one that can ring."""

    def test_watches_a_metric_that_aws_or_a_filter_of_the_stack_publishes(self, name: str) -> None:
        alarm = ALARMS[name]
        filters = resources_of_type("AWS::Logs::MetricFilter").values()
        filtered = [each for one in filters for each in one["MetricTransformations"]]
        counted: Any = {(each["MetricNamespace"], each["MetricName"]): set() for each in filtered}
        assert set(dimensions(alarm)) == (METRICS | counted)[alarm["Namespace"], alarm["MetricName"]]

    def test_watches_something_that_is_there(self, name: str) -> None:
        values = dimensions(ALARMS[name])
        assert "FunctionName" not in values or target(values["FunctionName"]) in FUNCTIONS
        assert "QueueName" not in values or target(values["QueueName"]) in QUEUES
        for api in resources_of_type("AWS::Serverless::Api").values():
            assert values.get("ApiName", api["Name"]) == api["Name"]
            assert values.get("Stage", api["StageName"]) == api["StageName"]

    def test_names_a_queue_by_its_name(self, name: str) -> None:
        queue = dimensions(ALARMS[name]).get("QueueName")
        assert queue is None or (queue.tag, queue.value.split(".")[1]) == ("GetAtt", "QueueName")

    def test_is_silent_when_nothing_happens(self, name: str) -> None:
        assert ALARMS[name]["TreatMissingData"] == "notBreaching"
        assert ALARMS[name]["ComparisonOperator"] == "GreaterThanThreshold"
        assert ALARMS[name]["Threshold"] >= 0

    def test_tells_the_topic_when_it_begins_and_when_it_is_over(self, name: str) -> None:
        assert ALARMS[name]["AlarmActions"] == ALARMS[name]["OKActions"] == [Intrinsic("Ref", "AlarmTopic")]

    def test_says_where_it_is_written_what_to_do(self, name: str) -> None:
        page, _, anchor = ALARMS[name]["AlarmDescription"].split()[-1].partition("#")
        assert anchor in anchors(PROJECT / page)


class TestAlarms:
    """What must not be missed is watched."""

    def test_each_dead_letter_queue_has_one(self) -> None:
        alarms = watching("ApproximateNumberOfMessagesVisible")
        assert sorted(alarms) == DEAD_LETTER_QUEUES
        assert {alarm["Threshold"] for alarm in alarms.values()} == {0}

    def test_each_queue_that_is_worked_off_has_one(self) -> None:
        assert set(watching("ApproximateAgeOfOldestMessage")) == set(QUEUES) - set(DEAD_LETTER_QUEUES)

    def test_an_old_event_is_older_than_one_that_fails(self) -> None:
        for queue, alarm in watching("ApproximateAgeOfOldestMessage").items():
            tries = QUEUES[queue]["RedrivePolicy"]["maxReceiveCount"]
            assert alarm["Threshold"] > QUEUES[queue]["VisibilityTimeout"] * tries

    def test_each_function_that_reads_a_stream_has_one(self) -> None:
        readers = {
            name
            for name, function in FUNCTIONS.items()
            if any(event["Type"] == "DynamoDB" for event in function.get("Events", {}).values())
        }
        assert set(watching("IteratorAge")) == readers

    def test_the_api_has_one_for_each_way_to_fail(self) -> None:
        assert "UsersApiFunction" in watching("Errors")
        assert "UsersApiFunction" in watching("Throttles")
        assert len(watching("5XXError")) == 1


class TestAlarmTopic:
    """CloudWatch may publish, and nobody else."""

    def test_only_cloudwatch_of_this_account_may_publish(self) -> None:
        [statement] = resources_of_type("AWS::SNS::TopicPolicy")["AlarmTopicPolicy"]["PolicyDocument"][
            "Statement"
        ]
        assert statement["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
        assert statement["Action"] == "sns:Publish"
        condition = {"StringEquals": {"aws:SourceAccount": Intrinsic("Ref", "AWS::AccountId")}}
        assert statement["Condition"] == condition

    def test_mails_only_where_there_is_an_address(self) -> None:
        subscription = load_template()["Resources"]["AlarmSubscription"]
        assert subscription["Condition"] == "MailsAlarms"
        assert subscription["Properties"]["Endpoint"] == Intrinsic("Ref", "AlarmEmailAddress")
        assert load_template()["Parameters"]["AlarmEmailAddress"]["Default"] == ""
