"""A second stack with every option that the local AWS supports."""

import io
import zipfile
from collections.abc import Iterator

import httpx
import pytest

from tests.e2e.polling import eventually
from tests.e2e.services import Bucket
from tests.helpers import pictures
from tests.helpers.markdown import PROJECT, blocks
from tools.local.emulator import Emulator
from tools.local.stack import Stack
from tools.local.workspace import REGION, Workspace, free_port

ACCOUNT = "000000000000"


def options(stack: Stack) -> dict[str, str]:
    """The parameters, with the resources that they refer to."""
    [policy] = [block.text for block in blocks(PROJECT / "docs/hardening.md") if block.language == "json"]
    policy = policy.replace("ACCOUNT", ACCOUNT).replace("REGION", REGION)
    key = stack.aws.client("kms").create_key(Policy=policy)["KeyMetadata"]["Arn"]
    ec2 = stack.aws.client("ec2")
    subnets = [subnet["SubnetId"] for subnet in ec2.describe_subnets()["Subnets"]]
    [group, *_] = ec2.describe_security_groups()["SecurityGroups"]
    content = io.BytesIO()
    zipfile.ZipFile(content, "w").close()
    layer = stack.aws.client("lambda").publish_layer_version(
        LayerName="LambdaInsightsExtension", Content={"ZipFile": content.getvalue()}
    )
    return {
        "KmsKeyArn": key,
        "SubnetIds": ",".join(subnets[:2]),
        "SecurityGroupIds": group["GroupId"],
        "LambdaInsightsLayerArn": layer["LayerVersionArn"],
        "ApiReservedConcurrency": "5",  # not the consumers': MiniStack reads MaximumConcurrency as a string
    }


@pytest.fixture(scope="module")
def hardened(
    stack: Stack, workspace: Workspace, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Stack, dict[str, str]]]:
    """The second stack, of the same build, and its parameters."""
    assert stack
    own = Workspace(free_port(), tmp_path_factory.mktemp("hardened"))
    (own.directory / "build").symlink_to(workspace.directory / "build")
    emulator, second = Emulator(own), Stack(own)
    emulator.start()
    try:
        parameters = options(second)
        second.deploy(**parameters)
        second.wait_until_healthy()
        yield second, parameters
    finally:
        emulator.stop()


def test_every_function_has_layer_and_policy_of_the_options(hardened: tuple[Stack, dict[str, str]]) -> None:
    """MiniStack ignores VPC, key and concurrency of functions; unit tests check them in the template."""
    stack, parameters = hardened
    iam, functions = stack.aws.client("iam"), stack.resources("AWS::Lambda::Function")
    for physical in functions.values():
        function = stack.function(physical)
        assert parameters["LambdaInsightsLayerArn"] in [layer["Arn"] for layer in function["Layers"]]
        role = function["Role"].split("/")[-1]
        [policy] = iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]
        assert "OptionsPolicy" in policy["PolicyName"]


def test_queues_and_log_groups_have_the_key(hardened: tuple[Stack, dict[str, str]]) -> None:
    """As each service reports it. MiniStack ignores the keys of tables, bucket and topics."""
    stack, parameters = hardened
    sqs, logs = stack.aws.client("sqs"), stack.aws.client("logs")
    queues = stack.resources("AWS::SQS::Queue").values()
    attributes = [sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"]) for url in queues]
    keys = [each["Attributes"]["KmsMasterKeyId"] for each in attributes]
    groups = {group["logGroupName"]: group for group in logs.describe_log_groups()["logGroups"]}
    keys += [groups[name].get("kmsKeyId") for name in stack.resources("AWS::Logs::LogGroup").values()]
    assert (set(keys), len(keys)) == ({parameters["KmsKeyArn"]}, 11)


def test_users_and_avatars_work_with_all_options(hardened: tuple[Stack, dict[str, str]]) -> None:
    """Through API, tables, bucket and topic to the thumbnail."""
    stack, _ = hardened
    headers = {"Authorization": f"Bearer {stack.token()}"}
    with httpx.Client(base_url=stack.url(), headers=headers, timeout=60) as api:
        user = {"userId": "123", "name": "John Doe", "email": "john@example.com"}
        assert api.post("/users", json=user).status_code == 201
        form = api.post("/users/123/avatar", json={"contentType": "image/png"}).json()
        picture = pictures.saved(pictures.quadrants(), "PNG")
        assert httpx.post(form["url"], data=form["fields"], files={"file": picture}).status_code == 204
        eventually(lambda: "avatar" in api.get("/users/123").json())
        assert api.delete("/users/123").status_code == 200
        eventually(lambda: not Bucket(stack).keys_of_user("123"))
