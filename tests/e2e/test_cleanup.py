"""CleanupFunction deletes old temporary objects, and its schedule invokes it daily."""

import json
from datetime import UTC, datetime, timedelta

from tests.e2e.roles import Role
from tests.e2e.services import Bucket
from tools.local.emulator import Emulator
from tools.local.stack import Stack
from tools.local.workspace import Workspace


def grow_old(workspace: Workspace, key: str, days: int) -> None:
    """Change the modification time of an object while the local AWS is stopped."""
    (meta,) = (
        path
        for path in (workspace.directory / "s3").rglob("*.meta.json")
        if json.loads(path.read_text())["key"] == key
    )
    document = json.loads(meta.read_text())
    written = datetime.now(UTC) - timedelta(days=days)
    document["last_modified"] = written.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    meta.write_text(json.dumps(document))


def test_deletes_what_is_older_than_seven_days(
    workspace: Workspace, emulator: Emulator, stack: Stack, bucket: Bucket
) -> None:
    """It fails without any one of its permissions, so that all of them are in use."""
    role, policy = Role(stack, "CleanupRole"), "temporary-objects"
    function = stack.resources("AWS::Lambda::Function")["CleanupFunction"]
    ages = {"temp/old": 8, "temp/young": 6, "thumbnails/old": 8}
    for key in ages:
        bucket.put(key, b"x")
    emulator.stop()
    try:
        for key, days in ages.items():
            grow_old(workspace, key, days)
    finally:
        emulator.start()

    def fails() -> bool:
        response = stack.aws.client("lambda").invoke(FunctionName=function, Qualifier="live")
        return "FunctionError" in response

    assert role.policies() == {policy}
    for statement, action in role.actions(policy):
        with role.without(policy, action, statement):
            assert fails()
    assert not fails()
    assert bucket.keys("temp/") == ["temp/young"]
    assert bucket.keys("thumbnails/old") == ["thumbnails/old"]


def test_is_scheduled_daily_with_a_dead_letter_queue(stack: Stack) -> None:
    """As the scheduler reports it."""
    name = stack.resources("AWS::Scheduler::Schedule")["CleanupSchedule"]
    schedule = stack.aws.client("scheduler").get_schedule(Name=name)
    assert (schedule["ScheduleExpression"], schedule["State"]) == ("rate(1 day)", "ENABLED")
    assert "CleanupDeadLetterQueue" in schedule["Target"]["DeadLetterConfig"]["Arn"]
