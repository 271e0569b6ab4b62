"""ImagesBucket: its notifications reach their function, and its name and lifetimes fit."""

import re

from tests.helpers.template import Intrinsic, resources_of_type
from tests.unit.test_template_events import DAY

BUCKET = resources_of_type("AWS::S3::Bucket")["ImagesBucket"]


class TestImagesBucket:
    """The bucket of images."""

    def test_notifies_of_uploads_but_not_of_objects_that_the_function_writes(self) -> None:
        notifications = BUCKET["NotificationConfiguration"]["LambdaConfigurations"]
        assert {each["Event"] for each in notifications} == {"s3:ObjectCreated:*", "s3:ObjectRemoved:*"}
        for each in notifications:
            assert each["Function"] == Intrinsic("Ref", "ThumbnailsFunction.Alias")
            assert each["Filter"]["S3Key"]["Rules"] == [{"Name": "prefix", "Value": "uploads/"}]

    def test_keeps_uploads_for_as_long_as_their_notifications_may_wait(self) -> None:
        rules = BUCKET["LifecycleConfiguration"]["Rules"]
        [rule] = [rule for rule in rules if "ExpirationInDays" in rule]
        assert (rule["Prefix"], rule["Status"]) == ("uploads/", "Enabled")
        assert rule["ExpirationInDays"] * DAY > 14 * DAY

    def test_the_bucket_may_call_what_it_notifies(self) -> None:
        permission = resources_of_type("AWS::Lambda::Permission")["ThumbnailsPermission"]
        assert (
            permission["SourceArn"].value
            == "arn:${AWS::Partition}:s3:::${" + BUCKET["BucketName"].value + "}"
        )

    def test_the_buckets_name_is_short_enough_in_any_region(self) -> None:
        [name, unique] = resources_of_type("AWS::SSM::Parameter")["ImagesBucketName"]["Value"].value
        assert set(unique) == {"Unique"}
        longest = {"AWS::AccountId": "1" * 12, "AWS::Region": "ap-southeast-1", "Unique": "0" * 8}
        assert len(re.sub(r"\$\{(.+?)\}", lambda part: longest[part[1]], name)) <= 63
