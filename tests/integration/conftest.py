"""The API over tables in moto, as template.yaml defines them."""

import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws
from moto.core.botocore_stubber import BotocoreStubber
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends

from tests.helpers.document import DocumentedApi
from tests.helpers.environment import AWS_VARIABLES, REGION, prepare
from tests.helpers.logs import Logs, captured_logs
from tests.helpers.responses import Api
from tests.helpers.template import create_tables
from tests.helpers.wire import Wire
from tests.integration.tables import Avatars, Items, check_no_orphans

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The function's variables, and nothing built yet."""
    prepare(monkeypatch)


def one_call_at_a_time(environment: pytest.MonkeyPatch) -> None:
    """Calls are atomic, as those of AWS are. Moto's are not: two threads can meet the same condition."""
    respond, lock = BotocoreStubber.__call__, threading.Lock()

    def respond_alone(*arguments: Any, **options: Any) -> Any:
        with lock:
            return respond(*arguments, **options)

    environment.setattr(BotocoreStubber, "__call__", respond_alone)


@pytest.fixture(scope="session")
def _dynamodb() -> Iterator["DynamoDBClient"]:
    """One moto for all tests: a new one would make boto3 read its models again each time."""
    own_credentials: Any = {"core": {"mock_credentials": False}}
    with mock_aws(config=own_credentials), pytest.MonkeyPatch.context() as environment:
        one_call_at_a_time(environment)
        for name, value in AWS_VARIABLES.items():
            environment.setenv(name, value)
        client = boto3.client("dynamodb", region_name=REGION)
        create_tables(client)
        yield client


def _tables() -> dict[str, Any]:
    return dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables


@pytest.fixture
def dynamodb(_dynamodb: "DynamoDBClient") -> "DynamoDBClient":
    """A client of a DynamoDB with the service's empty tables."""
    for table in _tables().values():
        table.items.clear()  # a hundred times as fast as API calls
    return _dynamodb


@pytest.fixture
def api(dynamodb: "DynamoDBClient") -> Api:  # noqa: ARG001 - the handler's own client talks to it
    """The API."""
    # Here, because coverage starts after this module is imported, and would load lazy modules unseen.
    from users.api.handler import lambda_handler

    return DocumentedApi(lambda_handler)


@pytest.fixture
def items(dynamodb: "DynamoDBClient") -> Items:  # noqa: ARG001 - it makes the tables
    """Reads all items of a table."""
    return lambda table: [item.to_json()["Attributes"] for item in _tables()[table].all_items()]


@pytest.fixture(autouse=True)
def _consistent(items: Items) -> Iterator[None]:
    """After every test, each user has an address of their own, and each address in use has a user."""
    yield
    check_no_orphans(items)


@pytest.fixture
def avatars(dynamodb: "DynamoDBClient") -> Avatars:
    """The avatars of users."""
    return Avatars(dynamodb)


@pytest.fixture
def logs(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Logs:
    """The logs of the function."""
    return captured_logs(capsys, monkeypatch)


@pytest.fixture
def wire(dynamodb: "DynamoDBClient") -> Iterator[Wire]:  # noqa: ARG001 - the clients are made where moto is active
    """Fault injection between the function and AWS."""
    wire = Wire()
    with wire.connected():
        yield wire
