"""ImagesBucket: its notifications reach their function, and its name and lifetimes fit."""

import re

from tests.helpers.template import resources_of_type
from tests.unit.test_template_events import DAY

BUCKET = resources_of_type("AWS::S3::Bucket")["ImagesBucket"]


def test_notifies_of_uploads_but_not_of_objects_that_the_function_writes() -> None:
    """Which would be an endless loop. The function may be called for this bucket alone."""
    for each in BUCKET["NotificationConfiguration"]["LambdaConfigurations"]:
        assert each["Filter"]["S3Key"]["Rules"] == [{"Name": "prefix", "Value": "uploads/"}]
    permission = resources_of_type("AWS::Lambda::Permission")["ThumbnailsPermission"]
    name = BUCKET["BucketName"].value
    assert permission["SourceArn"].value == "arn:${AWS::Partition}:s3:::${" + name + "}"


def test_keeps_uploads_for_as_long_as_their_notifications_may_wait() -> None:
    """In the dead-letter queue."""
    [rule] = [each for each in BUCKET["LifecycleConfiguration"]["Rules"] if "ExpirationInDays" in each]
    assert (rule["Prefix"], rule["Status"]) == ("uploads/", "Enabled")
    assert rule["ExpirationInDays"] * DAY > 14 * DAY


def test_the_name_is_short_enough_in_any_region() -> None:
    """S3 allows 63 characters."""
    [name, unique] = resources_of_type("AWS::SSM::Parameter")["ImagesBucketName"]["Value"].value
    assert set(unique) == {"Unique"}
    longest = {"AWS::AccountId": "1" * 12, "AWS::Region": "ap-southeast-1", "Unique": "0" * 8}
    assert len(re.sub(r"\$\{(.+?)\}", lambda part: longest[part[1]], name)) <= 63
