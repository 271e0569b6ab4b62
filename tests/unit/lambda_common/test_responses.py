"""Answers as API Gateway takes them."""

import json

from lambda_common.problems import Problem
from lambda_common.responses import Response


class TestAsProxyResult:
    """Every answer has its safe headers, which only the answer itself may change."""

    def test_json_when_there_is_a_body(self) -> None:
        result = Response(200, {"name": "Zoë \ud800"}).as_proxy_result({"X": "y"})
        assert json.loads(result["body"]) == {"name": "Zoë \ud800"}
        assert result["body"].isascii()
        assert result["headers"] == {
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
            "Content-Type": "application/json",
            "X": "y",
        }

    def test_no_content_type_when_there_is_no_body(self) -> None:
        result = Response(304, headers={"Cache-Control": "no-cache"}).as_proxy_result({"Cache-Control": "x"})
        assert result["body"] == ""
        assert result["headers"] == {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}

    def test_an_empty_document_is_a_body(self) -> None:
        assert Response(200, {}).as_proxy_result({})["body"] == "{}"


class TestFromProblem:
    """A problem is an answer of its own media type."""

    def test_has_the_headers_of_the_problem(self) -> None:
        problem = Problem(503, "down", "Down", "Later.", headers={"Retry-After": "2", "Content-Type": "x"})
        response = Response.from_problem(problem, instance="/a", request_id="r")
        assert (response.status, response.outcome) == (503, "down")
        assert response.headers == {"Retry-After": "2", "Content-Type": "application/problem+json"}
        assert response.body["instance"] == "/a"
