"""Every time-out exceeds the duration of the calls below it, and docs/retries.md has the current numbers."""

import re
from math import ceil
from typing import Any

from botocore.retries.standard import ExponentialBackoff, RetryContext

from lambda_common import clients
from tests.helpers.markdown import PROJECT
from tests.helpers.template import resources_of_type
from users.adapters import webhooks
from users.adapters.dynamodb.transactions import CONTENTION_SECONDS, LAST_BACKOFF_SECONDS
from users.domain.publishing import BATCH_SIZE

PAGE = (PROJECT / "docs" / "retries.md").read_text("utf-8")
SDK: Any = clients.CONFIG
SES: Any = clients.SES_CONFIG
GATEWAY, CLIENT = 29, 30  # API Gateway's default, and what the page recommends
FUNCTIONS = resources_of_type("AWS::Serverless::Function")
TIMEOUTS: dict[str, int] = {name: function["Timeout"] for name, function in FUNCTIONS.items()}
QUEUE = resources_of_type("AWS::SQS::Queue")["UserEventsQueue"]
WEBHOOKS = resources_of_type("AWS::SQS::Queue")["WebhookQueue"]
STREAM = FUNCTIONS["UserStreamFunction"]["Events"]["UsersTableStream"]["Properties"]
MESSAGES = FUNCTIONS["UserEventsFunction"]["Events"]["UserEvents"]["Properties"]
SCHEDULES = resources_of_type("AWS::Scheduler::Schedule")


def slowest_call(config: Any) -> float:
    """The duration in seconds of a call whose attempts all time out."""
    backoff, attempts = ExponentialBackoff(random=lambda: 1), config.retries["total_max_attempts"]
    waits = (backoff.delay_amount(RetryContext(attempt_number=number)) for number in range(1, attempts))
    return float(attempts * (config.connect_timeout + config.read_timeout) + sum(waits))


CALL = slowest_call(SDK)
CONTENDED = CONTENTION_SECONDS + LAST_BACKOFF_SECONDS + 2 * CALL
WEBHOOK = 6 * CALL + webhooks.CONNECT_TIMEOUT_SECONDS + 2 * webhooks.READ_TIMEOUT_SECONDS
UNITS = {
    "UserEventsFunction": ("Message: lock, email, record", CALL + slowest_call(SES) + CALL),
    "WebhookFunction": ("Webhook: two secrets, three calls of the circuit, request, visibility", WEBHOOK),
    "ThumbnailsFunction": ("Upload: ten calls", 10 * CALL),
    "CleanupFunction": ("1,000 objects: list and delete", 2 * CALL),
}
"""What a function does as a whole, and the seconds that it takes at worst."""
NUMBERS: dict[str, tuple[object, float]] = {
    "Client": ("-", CLIENT),
    "API Gateway": (1, GATEWAY),
    "UsersApiFunction": (1, TIMEOUTS["UsersApiFunction"]),
    "Conflicting writes, two calls each": ("-", CONTENDED),
    "Call of DynamoDB, S3, SNS or SQS": (SDK.retries["total_max_attempts"], CALL),
    "Attempt of a call": (1, SDK.connect_timeout + SDK.read_timeout),
    "Call of SES": (SES.retries["total_max_attempts"], slowest_call(SES)),
    f"UserStreamFunction, {STREAM['BatchSize']} changes": (
        STREAM["MaximumRetryAttempts"] + 1,
        TIMEOUTS["UserStreamFunction"],
    ),
    f"Publication of {BATCH_SIZE} changes": (1, CALL),
    f"UserEventsFunction, {MESSAGES['BatchSize']} messages": (
        QUEUE["RedrivePolicy"]["maxReceiveCount"],
        TIMEOUTS["UserEventsFunction"],
    ),
    "WebhookFunction, 10 messages at a time": (
        WEBHOOKS["RedrivePolicy"]["maxReceiveCount"],
        TIMEOUTS["WebhookFunction"],
    ),
    **{unit: (1, seconds) for unit, seconds in UNITS.values()},
    **{
        name: (function["EventInvokeConfig"]["MaximumRetryAttempts"] + 1, TIMEOUTS[name])
        for name, function in FUNCTIONS.items()
        if "EventInvokeConfig" in function
    },
    **{
        name: (policy["MaximumRetryAttempts"] + 1, policy["MaximumEventAgeInSeconds"])
        for name, policy in ((name, each["Target"]["RetryPolicy"]) for name, each in SCHEDULES.items())
    },
}


class TestRetries:
    """Nested time-outs fit into each other."""

    def test_the_page_has_the_numbers_of_template_and_code(self) -> None:
        rows = re.findall(r"^\| ([^|]+) \| (\d+|-) \| ([\d.]+) \|", PAGE, re.MULTILINE)
        expected = {name: (str(tries), f"{worst:g}") for name, (tries, worst) in NUMBERS.items()}
        assert {name: (tries, worst) for name, tries, worst in rows} == expected

    def test_the_page_has_the_delays_of_the_responses(self) -> None:
        responses = resources_of_type("AWS::Serverless::Api")["UsersApi"]["GatewayResponses"].values()
        delays = {
            (response["StatusCode"], response["ResponseParameters"]["Headers"]["Retry-After"].strip("'"))
            for response in responses
            if "Retry-After" in response["ResponseParameters"]["Headers"]
        }
        assert delays == {(int(status), delay) for delay, status in re.findall(r"(\d+) s for a (\d+)", PAGE)}

    def test_a_caller_outlasts_what_it_calls(self) -> None:
        assert CALL < CONTENDED < TIMEOUTS["UsersApiFunction"] < GATEWAY < CLIENT

    def test_a_unit_of_work_fits_the_timeout_of_its_function(self) -> None:
        publications = ceil(STREAM["BatchSize"] / 2 / BATCH_SIZE)
        assert publications * CALL < TIMEOUTS["UserStreamFunction"]
        assert [name for name, (_, seconds) in UNITS.items() if seconds >= TIMEOUTS[name]] == []

    def test_a_message_is_invisible_while_it_is_processed(self) -> None:
        assert WEBHOOKS["VisibilityTimeout"] >= 6 * TIMEOUTS["WebhookFunction"]
        assert QUEUE["VisibilityTimeout"] >= 6 * TIMEOUTS["UserEventsFunction"]
        assert f"{QUEUE['VisibilityTimeout']} s, for failed messages only" in PAGE
