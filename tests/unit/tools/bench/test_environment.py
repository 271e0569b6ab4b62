"""How the benchmark talks to a function."""

import json
from pathlib import Path

import psutil
import pytest

from tools.bench.environment import Environment, WrongResponseError
from tools.bench.servers import FunctionServer

EVENT = {"requestContext": {"stage": "dev"}}


class TestInvoke:
    """Each request has an id of its own, and a response with the right status."""

    def test_sends_an_id_and_times_the_response(
        self, environment: Environment, server: FunctionServer
    ) -> None:
        server.responses.put((2.5, b'{"statusCode": 201}'))
        assert environment.invoke(EVENT, 201) == 1500
        request_id, event = server.invocations.get()
        assert [request_id] == environment.requests
        assert json.loads(event)["requestContext"] == {"stage": "dev", "requestId": request_id}

    @pytest.mark.parametrize("response", ['{"statusCode": 500}', '{"errorType": "Runtime.ExitError"}'])
    def test_fails_with_the_log(
        self, environment: Environment, server: FunctionServer, response: str
    ) -> None:
        server.responses.put((2.5, response.encode()))
        with pytest.raises(WrongResponseError, match="a line of the log"):
            environment.invoke(EVENT, 200)


@pytest.fixture
def server() -> FunctionServer:
    """The server of a function, which asks it for nothing."""
    with FunctionServer() as server:
        server.shutdown()
        return server


@pytest.fixture
def environment(server: FunctionServer, tmp_path: Path) -> Environment:
    """A function that was started at 1.0."""
    log = tmp_path / "log"
    log.write_text("a line of the log")
    return Environment(server, psutil.Process(), log, 1.0)
