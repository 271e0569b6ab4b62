"""The bucket of template.yaml: only signed requests get in, and its notifications reach their function."""

import re

from tests.helpers.template import Intrinsic, load_template, resources_of_type
from tests.unit.test_template_functions import listed

BUCKET = resources_of_type("AWS::S3::Bucket")["ImagesBucket"]


class TestBucket:
    """Pictures are private."""

    def test_nobody_can_make_it_public(self) -> None:
        assert set(BUCKET["PublicAccessBlockConfiguration"].values()) == {True}
        assert len(BUCKET["PublicAccessBlockConfiguration"]) == 4
        assert BUCKET["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
        assert "AccessControl" not in BUCKET

    def test_is_encrypted(self) -> None:
        [rule] = BUCKET["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        assert rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"] in {"AES256", "aws:kms"}

    def test_what_is_deleted_is_gone(self) -> None:
        assert "VersioningConfiguration" not in BUCKET

    def test_is_spoken_to_by_tls_alone(self) -> None:
        policy = load_template()["Resources"]["ImagesBucketPolicy"]
        assert policy["Condition"] == "UsesTls"
        [statement] = policy["Properties"]["PolicyDocument"]["Statement"]
        assert (statement["Effect"], statement["Principal"], statement["Action"]) == ("Deny", "*", "s3:*")
        assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
        resources = [resource.value for resource in listed(statement["Resource"])]
        assert resources == ["ImagesBucket.Arn", "${ImagesBucket.Arn}/*"]

    def test_only_local_speaks_without_tls(self) -> None:
        [condition] = load_template()["Conditions"]["UsesTls"].value
        assert [part.value if isinstance(part, Intrinsic) else part for part in condition.value] == [
            "Stage",
            "local",
        ]

    def test_tells_of_uploads_and_of_nothing_that_the_function_writes(self) -> None:
        notifications = BUCKET["NotificationConfiguration"]["LambdaConfigurations"]
        assert {each["Event"] for each in notifications} == {"s3:ObjectCreated:*", "s3:ObjectRemoved:*"}
        for each in notifications:
            assert each["Function"] == Intrinsic("Ref", "ThumbnailsFunction.Alias")
            assert each["Filter"]["S3Key"]["Rules"] == [{"Name": "prefix", "Value": "uploads/"}]

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
