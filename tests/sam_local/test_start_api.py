"""`make sam-local`: the API in containers, with the tables and the bucket of the local stack."""

import subprocess
from pathlib import Path

import httpx

from tests.e2e.polling import eventually
from tests.helpers import pictures
from tests.sam_local.conftest import SamLocal


class TestApi:
    """Properties that containers change: the environment of the function, and addresses."""

    def test_replays_an_idempotent_request_without_a_token(self, api: httpx.Client) -> None:
        body = {"userId": "twice", "name": "John Doe", "email": "twice@example.com"}
        first, second = (api.post("/users", json=body, headers={"Idempotency-Key": "1"}) for _ in range(2))
        assert (first.status_code, second.status_code) == (201, 201)
        assert second.headers["idempotency-replayed"] == "true"
        assert second.json() == first.json()

    def test_returns_problems(self, api: httpx.Client) -> None:
        refused = api.post("/users", json={"userId": "1", "name": "John Doe", "email": "nobody"})
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, "email")
        assert api.patch("/users", json={}).status_code == 405

    def test_signs_forms_and_links_that_work_outside_of_containers(
        self, api: httpx.Client, tmp_path: Path
    ) -> None:
        api.post("/users", json={"userId": "shown", "name": "Jane Doe", "email": "shown@example.com"})
        form = api.post("/users/shown/avatar", json={"contentType": "image/jpeg"}).json()
        picture, thumbnail = tmp_path / "picture.jpg", tmp_path / "thumbnail.jpg"
        picture.write_bytes(pictures.saved(pictures.quadrants(), "JPEG"))
        fields = [part for name, value in form["fields"].items() for part in ("-F", f"{name}={value}")]

        curl("--fail", *fields, "-F", f"file=@{picture}", form["url"])
        path = eventually(lambda: api.get("/users/shown").json().get("avatar"))["small"]
        curl("--fail", "-o", str(thumbnail), api.get(path).headers["location"])

        assert pictures.opened(thumbnail.read_bytes()).size == (150, 150)
        assert form["fields"]["x-amz-credential"].startswith("ASIA"), "not signed by the function's role"


class TestStop:
    """Ctrl-C."""

    def test_leaves_no_container_and_nothing_that_listens(self, sam_local: SamLocal) -> None:
        functions = sam_local.containers()
        sam_local.stop()
        assert functions
        assert sam_local.containers() == []
        gone = subprocess.run(["curl", "-s", f"{sam_local.url}/health"], check=False)
        assert gone.returncode == 7, "something listens"


def curl(*arguments: str) -> None:
    """Run curl, which resolves every name below localhost to this machine."""
    subprocess.run(["curl", "-s", *arguments], check=True)
