"""template.yaml after SAM's transform, which runs in SAM CLI's environment."""

import json
import os
import re
import subprocess
from functools import cache
from typing import Any

from tests.helpers.environment import REGION
from tests.helpers.template import TEMPLATE
from tools.local.workspace import tool

_TRANSFORM = """
import json, sys
from samcli.yamlhelper import yaml_parse
from samtranslator.translator.transform import transform

text, parameters = json.load(sys.stdin)
without_policies = type("Loader", (), {"load": staticmethod(dict)})
print(json.dumps(transform(yaml_parse(text), parameters, without_policies)))
"""
_CODE = re.compile(r"((?:Code|Content)Uri): \S+")


@cache
def transformed(**parameters: str) -> dict[str, Any]:
    """The template that CloudFormation gets, with its functions in the long form."""
    text = _CODE.sub(r"\1: s3://bucket/code", TEMPLATE.read_text("utf-8"))
    done = subprocess.run(
        [tool("sam", "python"), "-c", _TRANSFORM],
        input=json.dumps([text, parameters]),
        env=os.environ | {"AWS_DEFAULT_REGION": REGION},
        capture_output=True,
        text=True,
        check=True,
    )
    template: dict[str, Any] = json.loads(done.stdout)
    return template


def transformed_of_type(kind: str) -> list[dict[str, Any]]:
    """The properties of the resources of a type, those that SAM adds included."""
    resources = transformed()["Resources"].values()
    return [resource["Properties"] for resource in resources if resource["Type"] == kind]
