"""GET /health."""

from tests.helpers.answers import Api
from tests.helpers.events import changed_event


class TestHealth:
    """Anyone may ask whether the function runs."""

    def test_ok_when_the_function_runs(self, api: Api) -> None:
        answer = api("health")
        assert (answer.status, answer.json) == (200, {"status": "ok"})

    def test_no_body_when_only_the_head_is_requested(self, api: Api) -> None:
        event = changed_event("health") | {"httpMethod": "HEAD"}
        response = api.send(event)
        assert (response.status, response.text) == (200, "")
