"""Event flows of template.yaml: no event is lost, and no other account can send one."""

from typing import Any

import pytest

from tests.helpers.template import Intrinsic, load_template, resources_of_type
from tests.unit.test_template_functions import FUNCTIONS, listed, target, texts
from tools.operate.destinations import DESTINATIONS

DAY = 24 * 60 * 60
QUEUES = resources_of_type("AWS::SQS::Queue")
DEAD_LETTER_QUEUES = sorted(set(QUEUES) - {"UserEventsQueue", "WebhookQueue"})
SCHEDULES = resources_of_type("AWS::Scheduler::Schedule").values()
BUCKETS = resources_of_type("AWS::S3::Bucket")
SENDERS = {"sns.amazonaws.com": "UserEventsTopic", "events.amazonaws.com": "UserStreamDeadLetterRule"}
ASYNCHRONOUS = sorted(set(FUNCTIONS) - {"UsersApiFunction", "PreTrafficFunction", "PostTrafficFunction"})


def on_failure(properties: dict[str, Any]) -> str:
    """The dead-letter queue, also if a bucket and the rule for its objects are in between."""
    place = target(properties["DestinationConfig"]["OnFailure"]["Destination"])
    [rule] = resources_of_type("AWS::Events::Rule").values()
    return target(rule["Targets"][0]["Arn"]) if place in BUCKETS else place


def dead_letters_of(name: str) -> list[str]:
    """The dead-letter queue of each event source of a function."""
    queues = []
    for source in FUNCTIONS[name].get("Events", {}).values():
        if source["Type"] == "DynamoDB":
            queues.append(on_failure(source["Properties"]))
        if source["Type"] == "SQS":
            redrive = QUEUES[target(source["Properties"]["Queue"])]["RedrivePolicy"]
            queues.append(target(redrive["deadLetterTargetArn"]))
    if "EventInvokeConfig" in FUNCTIONS[name]:
        queues.append(on_failure(FUNCTIONS[name]["EventInvokeConfig"]))
    return queues


class TestDeadLetters:
    """Messages that exhaust their retries go to a dead-letter queue."""

    @pytest.mark.parametrize("name", DEAD_LETTER_QUEUES)
    def test_waits_for_as_long_as_a_queue_can(self, name: str) -> None:
        assert name.endswith("DeadLetterQueue")
        assert QUEUES[name]["MessageRetentionPeriod"] == 14 * DAY
        assert "RedrivePolicy" not in QUEUES[name]

    @pytest.mark.parametrize("name", ASYNCHRONOUS)
    def test_each_source_has_a_queue_for_what_fails(self, name: str) -> None:
        assert dead_letters_of(name) == [name.removesuffix("Function") + "DeadLetterQueue"]

    def test_no_queue_is_without_a_source(self) -> None:
        used = {queue for name in ASYNCHRONOUS for queue in dead_letters_of(name)}
        assert used == set(DEAD_LETTER_QUEUES)

    def test_each_queue_can_be_redriven(self) -> None:
        assert sorted(DESTINATIONS) == DEAD_LETTER_QUEUES
        targets = {target for _, *targets in DESTINATIONS.values() for target in targets}
        assert targets <= set(load_template()["Resources"])

    def test_nothing_is_lost_that_topic_or_schedule_cannot_deliver(self) -> None:
        subscriptions = resources_of_type("AWS::SNS::Subscription").values()
        queues = [
            *(
                one["RedrivePolicy"]["deadLetterTargetArn"]
                for one in subscriptions
                if one["Protocol"] == "sqs"
            ),
            *(schedule["Target"]["DeadLetterConfig"]["Arn"] for schedule in SCHEDULES),
        ]
        assert {target(queue) for queue in queues} <= set(DEAD_LETTER_QUEUES)


@pytest.mark.parametrize("policy", resources_of_type("AWS::SQS::QueuePolicy").values())
def test_a_queue_takes_messages_from_this_stack_alone(policy: dict[str, Any]) -> None:
    """From the topic, or from the rule of dead letters."""
    [statement] = policy["PolicyDocument"]["Statement"]
    sender = SENDERS[statement["Principal"]["Service"]]
    assert statement["Action"] == "sqs:SendMessage"
    assert target(statement["Condition"]["ArnEquals"]["aws:SourceArn"]) == sender


class TestBatches:
    """One failed message does not cause retries of the others in its batch."""

    def test_name_what_failed(self) -> None:
        events = [each for one in FUNCTIONS.values() for each in one.get("Events", {}).values()]
        batches = [each["Properties"] for each in events if each["Type"] in {"DynamoDB", "SQS"}]
        responses = [batch.get("FunctionResponseTypes") for batch in batches]
        assert responses == [["ReportBatchItemFailures"]] * len(batches) != []

    def test_the_stream_is_read_from_its_start_and_retries_are_limited(self) -> None:
        stream = FUNCTIONS["UserStreamFunction"]["Events"]["UsersTableStream"]["Properties"]
        assert stream["StartingPosition"] == "TRIM_HORIZON"
        assert stream["BisectBatchOnFunctionError"] is True
        assert 0 < stream["MaximumRetryAttempts"] < 100
        assert 0 < stream["MaximumRecordAgeInSeconds"] < DAY, "then the stream drops it"
        users = resources_of_type("AWS::DynamoDB::Table")["UsersTable"]
        assert users["StreamSpecification"] == {"StreamViewType": "NEW_AND_OLD_IMAGES"}


class TestInvocation:
    """A service may call a function only on behalf of this stack."""

    @pytest.mark.parametrize("permission", resources_of_type("AWS::Lambda::Permission").values())
    def test_is_bound_to_account_and_source(self, permission: dict[str, Any]) -> None:
        assert permission["Action"] == "lambda:InvokeFunction"
        assert permission["SourceAccount"] == Intrinsic("Ref", "AWS::AccountId")
        assert isinstance(permission["SourceArn"], Intrinsic)
        assert permission["FunctionName"].value.endswith("Function.Alias")

    def test_the_schedule_calls_the_alias(self) -> None:
        assert [
            each for each in SCHEDULES if not each["Target"]["Arn"].value.endswith("Function.Alias")
        ] == []


@pytest.mark.parametrize("name", BUCKETS)
def test_a_bucket_requires_tls_and_has_no_versions_of_deleted_objects(name: str) -> None:
    """Only the local AWS has no TLS."""
    assert "VersioningConfiguration" not in BUCKETS[name]
    policy = load_template()["Resources"][f"{name}Policy"]
    assert policy["Condition"] == "UsesTls"
    assert texts(load_template()["Conditions"]["UsesTls"]) == "Stage local"
    [statement] = policy["Properties"]["PolicyDocument"]["Statement"]
    assert (statement["Effect"], statement["Principal"], statement["Action"]) == ("Deny", "*", "s3:*")
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    resources = [resource.value for resource in listed(statement["Resource"])]
    assert resources == [f"{name}.Arn", f"${{{name}.Arn}}/*"]
