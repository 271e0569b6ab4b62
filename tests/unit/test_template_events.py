"""What flows between the functions of template.yaml: nothing is lost, and nobody else gets in."""

import re
from typing import Any

import pytest

from tests.helpers.template import Intrinsic, load_template, resources_of_type
from tests.unit.test_template_functions import FUNCTIONS, listed, target

FOURTEEN_DAYS = 14 * 24 * 60 * 60
QUEUES = resources_of_type("AWS::SQS::Queue")
DEAD_LETTER_QUEUES = sorted(set(QUEUES) - {"UserEventsQueue"})
BUCKET = resources_of_type("AWS::S3::Bucket")["ImagesBucket"]
ASYNCHRONOUS = sorted(set(FUNCTIONS) - {"UsersApiFunction"})


def on_failure(properties: dict[str, Any]) -> str:
    """Where what fails goes."""
    destination = properties["DestinationConfig"]["OnFailure"]
    assert destination["Type"] == "SQS"
    return target(destination["Destination"])


def dead_letters_of(name: str) -> list[str]:
    """Where Lambda puts what a function could not handle, source by source."""
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
    """What a function cannot process is kept."""

    @pytest.mark.parametrize("name", DEAD_LETTER_QUEUES)
    def test_a_queue_keeps_messages_for_as_long_as_it_can(self, name: str) -> None:
        assert name.endswith("DeadLetterQueue")
        assert QUEUES[name]["MessageRetentionPeriod"] == FOURTEEN_DAYS
        assert "RedrivePolicy" not in QUEUES[name]

    @pytest.mark.parametrize("name", ASYNCHRONOUS)
    def test_each_source_has_a_queue_for_failures(self, name: str) -> None:
        assert dead_letters_of(name) == [name.removesuffix("Function") + "DeadLetterQueue"]

    def test_each_queue_has_a_source(self) -> None:
        used = {queue for name in ASYNCHRONOUS for queue in dead_letters_of(name)}
        assert used == set(DEAD_LETTER_QUEUES)

    def test_subscriptions_and_schedules_have_one_too(self) -> None:
        subscriptions = resources_of_type("AWS::SNS::Subscription").values()
        schedules = resources_of_type("AWS::Scheduler::Schedule").values()
        arns = [
            each["RedrivePolicy"]["deadLetterTargetArn"]
            for each in subscriptions
            if each["Protocol"] == "sqs"
        ]
        arns += [schedule["Target"]["DeadLetterConfig"]["Arn"] for schedule in schedules]
        assert {target(arn) for arn in arns} <= set(DEAD_LETTER_QUEUES)


class TestQueues:
    """Queues are encrypted, and messages come again only after their function has ended."""

    @pytest.mark.parametrize("name", QUEUES)
    def test_is_encrypted(self, name: str) -> None:
        assert QUEUES[name]["SqsManagedSseEnabled"] is True

    def test_three_attempts_six_function_timeouts_apart(self) -> None:
        queue = QUEUES["UserEventsQueue"]
        assert queue["VisibilityTimeout"] == 6 * FUNCTIONS["UserEventsFunction"]["Timeout"]
        assert queue["RedrivePolicy"]["maxReceiveCount"] == 3

    @pytest.mark.parametrize("policy", resources_of_type("AWS::SQS::QueuePolicy").values())
    def test_only_the_topic_can_send_messages(self, policy: dict[str, Any]) -> None:
        for statement in policy["PolicyDocument"]["Statement"]:
            assert statement["Principal"] == {"Service": "sns.amazonaws.com"}
            assert statement["Action"] == "sqs:SendMessage"
            assert target(statement["Condition"]["ArnEquals"]["aws:SourceArn"]) == "UserEventsTopic"


class TestBatches:
    """A failure does not make all of its batch come again."""

    @pytest.mark.parametrize(
        ("function", "source"),
        [("UserStreamFunction", "UsersTableStream"), ("UserEventsFunction", "UserEvents")],
    )
    def test_responses_name_the_failures(self, function: str, source: str) -> None:
        properties = FUNCTIONS[function]["Events"][source]["Properties"]
        assert properties["FunctionResponseTypes"] == ["ReportBatchItemFailures"]

    def test_the_stream_is_read_from_its_start_with_both_images_and_bounded_retries(self) -> None:
        stream = FUNCTIONS["UserStreamFunction"]["Events"]["UsersTableStream"]["Properties"]
        assert stream["StartingPosition"] == "TRIM_HORIZON"
        assert stream["BisectBatchOnFunctionError"] is True
        assert 0 < stream["MaximumRetryAttempts"] < 100
        table = resources_of_type("AWS::DynamoDB::Table")["UsersTable"]
        assert table["StreamSpecification"] == {"StreamViewType": "NEW_AND_OLD_IMAGES"}


class TestInvocation:
    """A service can invoke a function only on behalf of this stack."""

    @pytest.mark.parametrize("permission", resources_of_type("AWS::Lambda::Permission").values())
    def test_is_bound_to_account_and_source(self, permission: dict[str, Any]) -> None:
        assert permission["Action"] == "lambda:InvokeFunction"
        assert permission["SourceAccount"] == Intrinsic("Ref", "AWS::AccountId")
        assert isinstance(permission["SourceArn"], Intrinsic)
        assert permission["FunctionName"].value.endswith("Function.Alias")

    def test_the_schedule_invokes_the_alias(self) -> None:
        schedule = resources_of_type("AWS::Scheduler::Schedule")["CleanupSchedule"]
        assert schedule["Target"]["Arn"] == Intrinsic("Ref", "CleanupFunction.Alias")


class TestBucket:
    """Images are private."""

    def test_is_private_encrypted_and_not_versioned(self) -> None:
        assert list(BUCKET["PublicAccessBlockConfiguration"].values()) == 4 * [True]
        assert BUCKET["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
        [rule] = BUCKET["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        assert rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"] in {"AES256", "aws:kms"}
        assert not {"AccessControl", "VersioningConfiguration"} & set(BUCKET)

    def test_requires_tls_except_locally(self) -> None:
        policy = load_template()["Resources"]["ImagesBucketPolicy"]
        assert policy["Condition"] == "UsesTls"
        [condition] = load_template()["Conditions"]["UsesTls"].value
        assert condition.value == [Intrinsic("Ref", "Stage"), "local"]
        [statement] = policy["Properties"]["PolicyDocument"]["Statement"]
        assert (statement["Effect"], statement["Principal"], statement["Action"]) == ("Deny", "*", "s3:*")
        assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
        resources = [resource.value for resource in listed(statement["Resource"])]
        assert resources == ["ImagesBucket.Arn", "${ImagesBucket.Arn}/*"]

    def test_notifies_of_uploads_and_of_nothing_that_the_function_writes(self) -> None:
        notifications = BUCKET["NotificationConfiguration"]["LambdaConfigurations"]
        assert {each["Event"] for each in notifications} == {"s3:ObjectCreated:*", "s3:ObjectRemoved:*"}
        for each in notifications:
            assert each["Function"] == Intrinsic("Ref", "ThumbnailsFunction.Alias")
            assert each["Filter"]["S3Key"]["Rules"] == [{"Name": "prefix", "Value": "uploads/"}]
        permission = resources_of_type("AWS::Lambda::Permission")["ThumbnailsPermission"]
        name = f"${{{BUCKET['BucketName'].value}}}"
        assert permission["SourceArn"].value == f"arn:${{AWS::Partition}}:s3:::{name}"

    def test_has_a_name_that_is_short_enough_in_any_region(self) -> None:
        [name, unique] = resources_of_type("AWS::SSM::Parameter")["ImagesBucketName"]["Value"].value
        assert set(unique) == {"Unique"}
        longest = {"AWS::AccountId": "1" * 12, "AWS::Region": "ap-southeast-1", "Unique": "0" * 8}
        assert len(re.sub(r"\$\{(.+?)\}", lambda part: longest[part[1]], name)) <= 63
