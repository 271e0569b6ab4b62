"""GET /health."""

from tests.helpers.answers import Api


class TestHealth:
    """Anyone may ask whether the function runs."""

    def test_ok_when_the_function_runs(self, api: Api) -> None:
        answer = api("health")
        assert (answer.status, answer.json) == (200, {"status": "ok"})
