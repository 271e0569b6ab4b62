"""What MiniStack leaves out when it imports an API's OpenAPI body, put in through API Gateway's own calls.

On AWS the import does all of this: ANY methods and gateway responses. They are read here from the same
deployed template, so nothing is said twice.
"""

from typing import Any

from tools.local.aws import LocalAws


def complete_import(aws: LocalAws, *, stack: str, logical_id: str, stage: str) -> None:
    """Complete the API that `logical_id` names in the deployed `stack`, and deploy it to its stage."""
    cloudformation = aws.client("cloudformation")
    template: Any = cloudformation.get_template(StackName=stack, TemplateStage="Processed")["TemplateBody"]
    description = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
    parameters = {item["ParameterKey"]: item["ParameterValue"] for item in description["Parameters"]}
    detail = cloudformation.describe_stack_resource(StackName=stack, LogicalResourceId=logical_id)
    api_id = detail["StackResourceDetail"]["PhysicalResourceId"]
    body = template["Resources"][logical_id]["Properties"]["Body"]
    _put_any_methods(aws, api_id, body["paths"])
    _put_gateway_responses(aws, api_id, body["x-amazon-apigateway-gateway-responses"], parameters)
    aws.client("apigateway").create_deployment(restApiId=api_id, stageName=stage)


def _put_any_methods(aws: LocalAws, api_id: str, paths: dict[str, Any]) -> None:
    """An ANY method goes to the same function as the other methods of its path, and asks for no token."""
    client = aws.client("apigateway")
    for resource in client.get_resources(restApiId=api_id, limit=500)["items"]:
        methods = resource.get("resourceMethods", {})
        declared = paths.get(resource["path"], {})
        if "x-amazon-apigateway-any-method" not in declared or "ANY" in methods:
            continue
        where = {"restApiId": api_id, "resourceId": resource["id"]}
        sibling = client.get_integration(**where, httpMethod=next(iter(methods)))
        client.put_method(**where, httpMethod="ANY", authorizationType="NONE")
        client.put_integration(
            **where, httpMethod="ANY", type="AWS_PROXY", integrationHttpMethod="POST", uri=sibling["uri"]
        )


def _put_gateway_responses(
    aws: LocalAws, api_id: str, responses: dict[str, Any], parameters: dict[str, str]
) -> None:
    client = aws.client("apigateway")
    for kind, response in responses.items():
        headers = {
            name: _resolve(value, parameters) for name, value in response["responseParameters"].items()
        }
        status = {"statusCode": str(response["statusCode"])} if "statusCode" in response else {}
        client.put_gateway_response(
            restApiId=api_id,
            responseType=kind,
            responseParameters=headers,
            responseTemplates=response["responseTemplates"],
            **status,
        )


def _resolve(value: Any, parameters: dict[str, str]) -> Any:
    """The intrinsic functions that the headers of gateway responses use; lists are comma-separated."""
    match value:
        case {"Ref": name}:
            return parameters[name]
        case {"Fn::Select": [index, options]}:
            return _resolve(options, parameters).split(",")[int(index)].strip()
        case {"Fn::Join": [separator, parts]}:
            return separator.join(_resolve(part, parameters) for part in parts)
        case _:
            return value
