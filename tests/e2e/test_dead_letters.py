"""Records that a function cannot process are retried, then sent to a dead-letter queue."""

import io
import json
import uuid
import zipfile
from collections.abc import Callable, Iterator

import httpx
import pytest

from tests.e2e.polling import eventually
from tests.e2e.roles import Role
from tests.e2e.services import Bucket, Queues, arn_of_queue
from tests.helpers import pictures
from tools.local.stack import Stack
from tools.local.workspace import Workspace
from tools.operate.redrive import redrive

type NewUser = Callable[[], dict[str, str]]

KEYS = ["a", "b", "poison", "c"]
CODE = """
def handler(event, context):
    for record in event["Records"]:
        key = record["dynamodb"]["Keys"]["id"]["S"]
        if key == "poison":
            FAIL
        print("handled", key)
    return {"batchItemFailures": []}
"""
FAIL = {
    "by-response": 'return {"batchItemFailures": [{"itemIdentifier": record["dynamodb"]["SequenceNumber"]}]}',
    "by-error": "raise ValueError(key)",
}


def create(stack: Stack, name: str) -> str:
    """Create a table and a function that reads its stream; return the URL of its dead-letter queue."""
    functions, tables, queues = map(stack.aws.client, ("lambda", "dynamodb", "sqs"))
    url: str = queues.create_queue(QueueName=name)["QueueUrl"]
    table = tables.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"},
    )["TableDescription"]
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("index.py", CODE.replace("FAIL", FAIL[name]))
    functions.create_function(
        FunctionName=name,
        Runtime="python3.13",
        Handler="index.handler",
        Role=stack.function(stack.resources("AWS::Lambda::Function")["UserStreamFunction"])["Role"],
        Code={"ZipFile": code.getvalue()},
    )
    functions.create_event_source_mapping(
        FunctionName=name,
        EventSourceArn=table["LatestStreamArn"],
        StartingPosition="TRIM_HORIZON",
        MaximumRetryAttempts=1,
        FunctionResponseTypes=["ReportBatchItemFailures"],
        DestinationConfig={"OnFailure": {"Destination": arn_of_queue(queues, url)}},
    )
    return url


@pytest.mark.parametrize("name", FAIL)
def test_a_batch_is_handled_except_what_fails_too_often(stack: Stack, name: str) -> None:
    """A batch of a stream."""
    dead_letters, logs = create(stack, name), stack.aws.client("logs")
    puts = [{"PutRequest": {"Item": {"id": {"S": key}}}} for key in KEYS]
    stack.aws.client("dynamodb").batch_write_item(RequestItems={name: puts})

    def handled() -> set[str]:
        events = logs.filter_log_events(logGroupName=f"/aws/lambda/{name}")["events"]
        lines = [line for event in events for line in event["message"].splitlines()]
        return {line.split()[1] for line in lines if line.startswith("handled")}

    queues = stack.aws.client("sqs")
    letters = eventually(lambda: queues.receive_message(QueueUrl=dead_letters).get("Messages"))
    eventually(lambda: handled() == set(KEYS) - {"poison"})
    [letter] = [json.loads(message["Body"]) for message in letters]
    assert letter["requestContext"]["condition"] == "RetryAttemptsExhausted"
    assert letter["DDBStreamBatchInfo"]["batchSize"] == 1


@pytest.fixture
def discarding(stack: Stack) -> Iterator[Role]:
    """The role of UserStreamFunction, which may not publish and whose batches Lambda discards at once."""
    client, role = stack.aws.client("lambda"), Role(stack, "UserStreamRole")
    name = stack.resources("AWS::Lambda::Function")["UserStreamFunction"]
    [mapping] = client.list_event_source_mappings(FunctionName=name)["EventSourceMappings"]
    client.update_event_source_mapping(UUID=mapping["UUID"], MaximumRetryAttempts=0)
    with role.without("stream-and-topic", "sns:Publish"):
        yield role
    client.update_event_source_mapping(
        UUID=mapping["UUID"], MaximumRetryAttempts=mapping["MaximumRetryAttempts"]
    )


@pytest.mark.usefixtures("discarding")
def test_discarded_changes_are_kept_whole_and_name_their_place(
    stack: Stack, api: httpx.Client, queues: Queues, new_user: NewUser
) -> None:
    """In a bucket, which sends a message."""
    body = new_user()
    api.post("/users", json=body)
    eventually(lambda: queues.waiting("UserStreamDeadLetterQueueUrl") == 1)
    [letter] = map(json.loads, queues.drain("UserStreamDeadLetterQueueUrl"))
    place = {"Bucket": letter["detail"]["bucket"]["name"], "Key": letter["detail"]["object"]["key"]}
    invocation = json.load(stack.aws.client("s3").get_object(**place)["Body"])
    assert place["Key"].startswith("aws/lambda/")
    assert invocation["requestContext"]["condition"] == "RetryAttemptsExhausted"
    [record] = json.loads(invocation["payload"])["Records"]
    assert record["dynamodb"]["NewImage"]["email"] == {"S": body["email"]}


def test_discarded_changes_are_lost_without_any_of_the_permissions(
    api: httpx.Client, workspace: Workspace, discarding: Role, new_user: NewUser
) -> None:
    """Of the function's role, with which Lambda writes to the bucket."""
    for lost, (statement, action) in enumerate(discarding.actions("dead-letters"), start=1):
        with discarding.without("dead-letters", action, statement):
            api.post("/users", json=new_user())
            eventually(lambda lost=lost: workspace.log.read_text().count("Changes are lost") == lost)  # type: ignore[misc]


def test_an_asynchronous_invocation_has_dead_letters_that_can_be_redriven(
    stack: Stack, bucket: Bucket, queues: Queues
) -> None:
    """Of an alias, which S3 invokes."""
    role, key = Role(stack, "ThumbnailsRole"), f"uploads/{uuid.uuid4().hex}/x.jpg"
    with role.without("images-and-topic", "s3:GetObject"):
        bucket.put(key, pictures.saved(pictures.quadrants(), "JPEG"))
        eventually(lambda: queues.waiting("ThumbnailsDeadLetterQueueUrl") == 1)
    redrive(stack, "ThumbnailsDeadLetterQueue")
    eventually(lambda: bucket.keys(f"thumbnails/small/{key}"))
    assert queues.waiting("ThumbnailsDeadLetterQueueUrl") == 0
