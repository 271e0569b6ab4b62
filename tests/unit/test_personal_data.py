"""docs/personal-data.md names every place, with the durations of the template and the code."""

import re

import pytest

from tests.helpers.markdown import PROJECT
from tests.helpers.template import load_template, resources_of_type
from tests.unit.test_docs import NAMED
from tests.unit.test_template_events import BUCKETS, DAY, DEAD_LETTER_QUEUES, QUEUES
from users.adapters import idempotency as effects
from users.domain import cleanup
from users.domain.use_cases import IDEMPOTENCY_KEY_LIFETIME

ABORT = "AbortIncompleteMultipartUpload"
PAGE = (PROJECT / "docs" / "personal-data.md").read_text("utf-8")
ROWS = dict(re.findall(r"^\| (.+?) \|.*\| (.+?) \|$", PAGE, re.MULTILINE))
TABLES = resources_of_type("AWS::DynamoDB::Table")
BACKUPS = {
    table["PointInTimeRecoverySpecification"].get("RecoveryPeriodInDays", 35) * DAY
    for table in TABLES.values()
    if "PointInTimeRecoverySpecification" in table
}
RULES = [rule for bucket in BUCKETS.values() for rule in bucket["LifecycleConfiguration"]["Rules"]]
EXPIRY = {rule["Id"]: DAY * rule["ExpirationInDays"] for rule in RULES if "ExpirationInDays" in rule}
ABORTED = {rule["Id"]: DAY * rule[ABORT]["DaysAfterInitiation"] for rule in RULES if ABORT in rule}


def test_names_every_place() -> None:
    """A new table, bucket, topic or queue has a row, a function keeps nothing."""
    places = {name for kind in NAMED[1:] for name in resources_of_type(kind)}
    assert places <= set(re.findall(r"\w+", " ".join(ROWS)))


@pytest.mark.parametrize(
    ("place", "seconds"),
    [
        *(("Backups of both tables", seconds) for seconds in BACKUPS),
        ("IdempotencyTable, keys of clients", IDEMPOTENCY_KEY_LIFETIME.total_seconds()),
        ("IdempotencyTable, records of processed events", effects.RETENTION_SECONDS),
        ("ImagesBucket, temporary objects", cleanup.LIFETIME.total_seconds()),
        ("ImagesBucket, leftover uploads", EXPIRY["originals"]),
        ("ImagesBucket, unfinished uploads", ABORTED["unfinished-uploads"]),
        ("UserEventsQueue", QUEUES["UserEventsQueue"]["MessageRetentionPeriod"]),
        *((queue, QUEUES[queue]["MessageRetentionPeriod"]) for queue in DEAD_LETTER_QUEUES),
        ("UserStreamDeadLetterBucket", EXPIRY["dead-letters"]),
        (
            "Log groups, X-Ray, AlarmTopic",
            load_template()["Parameters"]["LogRetentionDays"]["Default"] * DAY,
        ),
    ],
)
def test_says_how_long(place: str, seconds: float) -> None:
    """In hours up to a day."""
    unit, name = (DAY, "day") if seconds > DAY else (3600, "hour")
    assert re.search(rf"\b{seconds / unit:.0f} {name}", ROWS[place])
