"""The architecture diagram names every part of the stack."""

import re

from tests.helpers.markdown import PROJECT, blocks
from tests.helpers.template import resources_of_type

NAMED = {
    "AWS::Serverless::Function",
    "AWS::DynamoDB::Table",
    "AWS::SQS::Queue",
    "AWS::SNS::Topic",
    "AWS::S3::Bucket",
}


def architecture(page: str) -> str:
    """The first diagram of a page."""
    return next(block.text for block in blocks(PROJECT / page) if block.language == "mermaid")


class TestArchitecture:
    """The diagram of the whole stack."""

    def test_names_every_function_table_queue_topic_and_bucket(self) -> None:
        drawn = set(re.findall(r"\b\w+(?:Function|Table|Queue|Topic|Bucket)\b", architecture("README.md")))
        hooks = {"PreTrafficFunction", "PostTrafficFunction"}  # part of a deployment, not of the service
        assert drawn == {name for kind in NAMED for name in resources_of_type(kind)} - hooks

    def test_is_the_same_on_both_pages(self) -> None:
        assert architecture("README.md") == architecture("docs/architecture.md")
