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
from tests.e2e.services import Bucket, Queues
from tests.helpers import pictures
from tools.local.stack import Stack
from tools.local.workspace import Workspace
from tools.operate.redrive import redrive

type NewUser = Callable[[], dict[str, str]]

NAME = "partial"
KEYS = ["a", "b", "poison", "c"]
# Fails for the poison: by a response, or by an error.
CODE = """
def handler(event, context):
    for record in event["Records"]:
        key = record["dynamodb"]["Keys"]["id"]["S"]
        if key == "poison":
            if FAILS_BY_ERROR:
                raise ValueError(key)
            return {"batchItemFailures": [{"itemIdentifier": record["dynamodb"]["SequenceNumber"]}]}
        print("handled", key)
    return {"batchItemFailures": []}
"""


@pytest.fixture(params=[False, True], ids=["answer", "error"])
def dead_letters(stack: Stack, request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of the dead-letter queue of such a function on a table's stream."""
    functions, tables, queues = (stack.aws.client(name) for name in ("lambda", "dynamodb", "sqs"))
    url = queues.create_queue(QueueName=NAME)["QueueUrl"]
    arn = queues.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    stream = tables.create_table(
        TableName=NAME,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"},
    )["TableDescription"]["LatestStreamArn"]
    role = stack.function(stack.resources("AWS::Lambda::Function")["UserStreamFunction"])["Role"]
    code = {"ZipFile": zipped(CODE.replace("FAILS_BY_ERROR", str(request.param)))}
    functions.create_function(
        FunctionName=NAME, Runtime="python3.13", Handler="index.handler", Role=role, Code=code
    )
    mapping = functions.create_event_source_mapping(
        FunctionName=NAME,
        EventSourceArn=stream,
        StartingPosition="TRIM_HORIZON",
        MaximumRetryAttempts=1,
        FunctionResponseTypes=["ReportBatchItemFailures"],
        DestinationConfig={"OnFailure": {"Destination": arn}},
    )
    yield url
    functions.delete_event_source_mapping(UUID=mapping["UUID"])
    functions.delete_function(FunctionName=NAME)
    stack.aws.client("logs").delete_log_group(logGroupName=f"/aws/lambda/{NAME}")
    tables.delete_table(TableName=NAME)
    queues.delete_queue(QueueUrl=url)


def zipped(code: str) -> bytes:
    """A function's code as Lambda takes it."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("index.py", code)
    return content.getvalue()


class TestStream:
    """A batch of which some records fail."""

    def test_is_handled_but_for_what_fails_too_often(self, stack: Stack, dead_letters: str) -> None:
        tables, queues, logs = (stack.aws.client(name) for name in ("dynamodb", "sqs", "logs"))
        puts = [{"PutRequest": {"Item": {"id": {"S": key}}}} for key in KEYS]
        tables.batch_write_item(RequestItems={NAME: puts})

        def handled() -> set[str]:
            events = logs.filter_log_events(logGroupName=f"/aws/lambda/{NAME}")["events"]
            return {
                line.split()[1]
                for event in events
                for line in event["message"].splitlines()
                if line.startswith("handled")
            }

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
    with role.without_any("stream-and-topic", "sns:Publish"):
        yield role
    client.update_event_source_mapping(
        UUID=mapping["UUID"], MaximumRetryAttempts=mapping["MaximumRetryAttempts"]
    )


class TestChanges:
    """Batches of changes of users that Lambda discards."""

    @pytest.mark.usefixtures("discarding")
    def test_are_kept_whole_and_name_their_place(
        self, stack: Stack, api: httpx.Client, queues: Queues, new_user: NewUser
    ) -> None:
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

    def test_are_lost_without_any_of_the_permissions(
        self, api: httpx.Client, workspace: Workspace, discarding: Role, new_user: NewUser
    ) -> None:
        for lost, (statement, action) in enumerate(discarding.actions("dead-letters"), start=1):
            with discarding.without("dead-letters", statement, action):
                api.post("/users", json=new_user())
                eventually(lambda lost=lost: workspace.log.read_text().count("Changes are lost") == lost)  # type: ignore[misc]


class TestAsynchronousInvocation:
    """An alias, which S3 invokes."""

    def test_has_dead_letters_that_can_be_redriven(
        self, stack: Stack, bucket: Bucket, queues: Queues
    ) -> None:
        role, key = Role(stack, "ThumbnailsRole"), f"uploads/{uuid.uuid4().hex}/x.jpg"
        policy, needed = "images-and-topic", "s3:GetObject"
        [statement] = [index for index, action in role.actions(policy) if action == needed]
        with role.without(policy, statement, needed):
            bucket.put(key, pictures.saved(pictures.quadrants(), "JPEG"))
            eventually(lambda: queues.waiting("ThumbnailsDeadLetterQueueUrl") == 1)
        redrive(stack, "ThumbnailsDeadLetterQueue")
        eventually(lambda: bucket.keys(f"thumbnails/small/{key}"))
        assert queues.waiting("ThumbnailsDeadLetterQueueUrl") == 0
