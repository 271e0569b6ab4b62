"""Traces, as the X-Ray daemon hears them."""

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.events import changed_event

ROOT = Path(__file__).parents[3]
SECRET = "john@example.com"
TRACED = f"""
from lambda_common.problems import Problem
from lambda_common.responses import Response
from lambda_common.router import Router
from tests.answers import Context
from tests.builders import an_observability
from tests.events import changed_event

def fine(request):
    return Response(200, {{}})

def broken(request):
    try:
        raise KeyError("{SECRET}")
    except KeyError as error:
        raise RuntimeError("{SECRET}") from error

def refused(request):
    raise LookupError("{SECRET}")

problems = {{LookupError: Problem(404, "nothing", "Nothing", "Nothing.")}}
observability = an_observability()
for endpoint in (fine, broken, refused):
    router = Router({{"/users/{{userId}}": {{"GET": endpoint}}}}, problems, observability)
    router.handle(changed_event("get-user", user_id="{SECRET}"), Context())
"""


@pytest.fixture
def daemon() -> Iterator[socket.socket]:
    """What the X-Ray daemon hears."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.settimeout(0.2)
        yield listener


class TestTraces:
    """With tracing on, as in Lambda, segments tell of the request and nothing of the people in it."""

    def documents(self, daemon: socket.socket) -> list[dict[str, Any]]:
        environment = {
            "PYTHONPATH": f"{ROOT}/src:{ROOT}/layers/common:{ROOT}",
            "LAMBDA_TASK_ROOT": str(ROOT / "src"),
            "AWS_LAMBDA_FUNCTION_NAME": "users",
            "AWS_XRAY_DAEMON_ADDRESS": f"127.0.0.1:{daemon.getsockname()[1]}",
            "_X_AMZN_TRACE_ID": "Root=1-691f3c40-0a1b2c3d4e5f60718293a4b5;Parent=53995c3f42cd8ad8;Sampled=1",
            "AWS_DEFAULT_REGION": "eu-west-1",
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
        }
        subprocess.run(
            [sys.executable, "-c", TRACED], env=environment, check=True, capture_output=True, cwd=ROOT
        )
        documents = []
        while True:
            try:
                documents.append(json.loads(daemon.recv(65536).split(b"\n", 1)[1]))
            except TimeoutError:
                return documents

    def test_tell_operation_and_outcome_and_no_more(self, daemon: socket.socket) -> None:
        documents = self.documents(daemon)
        text = json.dumps(documents)
        assert len(documents) >= 3
        assert SECRET not in text
        assert all(f'"## {name}"' in text for name in ("handler", "fine", "broken", "refused"))
        annotations = [document["annotations"] for document in documents if "annotations" in document]
        assert [(a["operation"], a["outcome"]) for a in annotations] == [
            ("fine", "success"),
            ("broken", "internal-error"),
            ("refused", "nothing"),
        ]
        assert [a["ColdStart"] for a in annotations] == [True, False, False]
        request_id = changed_event("get-user")["requestContext"]["requestId"]
        assert [a["correlation_id"] for a in annotations] == 3 * [request_id]
