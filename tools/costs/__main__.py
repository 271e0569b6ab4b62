"""Prints the monthly costs of the stack as Markdown."""

import argparse
import math
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).parents[2]
PRICES: dict[str, Any] = tomllib.loads((PROJECT / "tools/costs/prices.toml").read_text("utf-8"))
WORKLOAD: dict[str, Any] = tomllib.loads((PROJECT / "tools/costs/workload.toml").read_text("utf-8"))
OPERATIONS: dict[str, dict[str, float]] = WORKLOAD["operations"]
TEMPLATE = (PROJECT / "template.yaml").read_text("utf-8")

SECONDS_PER_MONTH = 730 * 3600
FULL_CORE_MB = 1769  # Lambda allocates CPU in proportion to memory
MEMORY_SIZES_MB = (128, 256, 512, 1024, FULL_CORE_MB)
MILLION = 1_000_000


@dataclass(frozen=True)
class Function:
    """Processor and memory of the functions, and the duration of a request unless it is estimated."""

    architecture: str
    memory_mb: int
    milliseconds: float | None = None

    def compute(self, invocations: float, milliseconds: float) -> float:
        """The cost of the duration of invocations."""
        gb_seconds = invocations * milliseconds / 1000 * self.memory_mb / 1024
        return float(gb_seconds * PRICES["lambda"][f"gb_second_{self.architecture}"])

    def duration(self, operation: str) -> float:
        """The milliseconds of a warm request."""
        used = OPERATIONS[operation]
        return used["cpu_ms"] * self._slowdown() + used["wait_ms"]

    def mean_duration(self) -> float:
        """The milliseconds of a request, with its share of a cold start."""
        cold = WORKLOAD["cold_starts"]
        warm = sum(used["share"] * self.duration(operation) for operation, used in OPERATIONS.items())
        return self.milliseconds or float(warm + cold["share"] * cold["cpu_ms"] * self._slowdown())

    def _slowdown(self) -> float:
        return max(1, FULL_CORE_MB / self.memory_mb)


def bill(requests: int, function: Function) -> dict[str, float]:
    """The lines of a month's bill."""
    reads, writes, records, events, messages = (
        requests * sum(used["share"] * used[unit] for used in OPERATIONS.values())
        for unit in ("reads", "writes", "records", "events", "messages")
    )
    invocations = records + messages
    stored_gb = WORKLOAD["users_stored"] * WORKLOAD["user_bytes"] / 1e9
    polls = WORKLOAD["sqs"]["idle_requests"] + messages * WORKLOAD["sqs"]["requests_per_message"]
    counted = WORKLOAD["metrics"]
    metrics = counted["of_requests"] + counted["of_consumers"] + counted["of_each_route"] * len(OPERATIONS)
    alarms, dashboards = (
        TEMPLATE.count(f"Type: AWS::CloudWatch::{kind}\n    Properties") for kind in ("Alarm", "Dashboard")
    )
    lambda_, dynamodb, cloudwatch = PRICES["lambda"], PRICES["dynamodb"], PRICES["cloudwatch"]
    return {
        "API Gateway": requests / MILLION * PRICES["api_gateway"]["million_requests"],
        "Lambda: requests": (requests + invocations) / MILLION * lambda_["million_requests"],
        "Lambda: duration of UsersApiFunction": function.compute(requests, function.mean_duration()),
        "Lambda: duration of the consumers": function.compute(invocations, WORKLOAD["consumer_ms"]),
        "DynamoDB: reads": reads / MILLION * dynamodb["million_reads"],
        "DynamoDB: writes": writes / MILLION * dynamodb["million_writes"],
        "DynamoDB: storage and backup": stored_gb * (dynamodb["gb_month"] + dynamodb["backup_gb_month"]),
        "SNS": events / MILLION * PRICES["sns"]["million_requests"],
        "SQS": polls / MILLION * PRICES["sqs"]["million_requests"],
        "CloudWatch: logs": log_gb(requests, invocations)
        * (cloudwatch["log_gb"] + cloudwatch["log_gb_month"]),
        "CloudWatch: metrics": metrics * cloudwatch["metric_month"],
        "CloudWatch: alarms and dashboards": alarms * cloudwatch["alarm_month"]
        + dashboards * cloudwatch["dashboard_month"],
        "X-Ray": (traces(requests) + traces(records)) / MILLION * PRICES["xray"]["million_traces"],
        "Cognito": WORKLOAD["tokens"] / 1000 * PRICES["cognito"]["thousand_tokens"],
        "Data transfer": requests * WORKLOAD["response_bytes"] / 1e9 * PRICES["data_transfer"]["gb"],
    }


def log_gb(requests: float, invocations: float) -> float:
    """The gigabytes that requests and the invocations of consumers log."""
    logs = WORKLOAD["logs"]
    each = logs["function_bytes"] + logs["platform_bytes"]
    return float(requests * (each + logs["access_bytes"]) + invocations * each) / 1e9


def traces(requests: float) -> float:
    """X-Ray's default rule: the first request of each second, and a share of the others."""
    first = SECONDS_PER_MONTH * -math.expm1(-requests / SECONDS_PER_MONTH)
    return float(first + WORKLOAD["trace_share"] * (requests - first))


def options(function: Function) -> dict[str, float]:
    """Costs that are not in the bill, for one or a thousand of each."""
    avatar, s3 = WORKLOAD["avatar"], PRICES["s3"]
    gb, lambda_ = function.memory_mb / 1024, PRICES["lambda"]
    gb_seconds = gb * SECONDS_PER_MONTH
    thumbnails = Function(function.architecture, avatar["memory_mb"]).compute(1000, avatar["milliseconds"])
    requests = avatar["s3_writes"] * s3["thousand_writes"] + avatar["s3_reads"] * s3["thousand_reads"]
    provisioned = lambda_[f"provisioned_gb_second_{function.architecture}"]
    return {
        "1,000 avatars: uploads and thumbnails": requests + thumbnails,
        "1,000 avatars: storage for a month": avatar["megabytes"] * s3["gb_month"],
        "1,000 welcome emails": PRICES["ses"]["thousand_mails"],
        "ProvisionedConcurrency: an environment for a month": gb_seconds * provisioned,
        "SnapStart: a version for a month": gb_seconds * lambda_["snapstart_cache_gb_second"],
        "SnapStart: 1,000 restores": 1000 * gb * lambda_["snapstart_restore_gb"],
    }


def report(volumes: list[int], function: Function) -> Iterator[str]:
    """The tables: bills of months, options, and a million requests by memory."""
    bills = [bill(requests, function) for requests in volumes]
    yield _row(f"{function.architecture}, {function.memory_mb} MB", *(f"{each:,}" for each in volumes))
    yield _row("---", *("---:" for _ in volumes))
    yield from (_row(line, *(f"{each[line]:,.2f}" for each in bills)) for line in bills[0])
    yield _row("**total**", *(f"**{sum(each.values()):,.2f}**" for each in bills))
    yield from ("", _row("Not included above", "USD"), _row("---", "---:"))
    yield from (_row(option, f"{cost:,.2f}") for option, cost in options(function).items())
    yield from ("", _row("Memory", "ms, `get_user`", "USD", "ms, mean", "USD"), _row("---", *["---:"] * 4))
    for sized in (Function(function.architecture, memory_mb) for memory_mb in MEMORY_SIZES_MB):
        durations = (sized.duration("get_user"), sized.mean_duration())
        cells = (f"{each:.2f}" for ms in durations for each in (ms, sized.compute(MILLION, ms)))
        yield _row(f"{sized.memory_mb} MB", *cells)


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(prog="make costs", description=__doc__)
    parser.add_argument("requests", nargs="+", type=int)
    parser.add_argument("--architecture", choices=["arm64", "x86_64"], required=True)
    parser.add_argument("--memory", type=int, default=WORKLOAD["memory_mb"])
    parser.add_argument("--milliseconds", type=float)
    asked = parser.parse_args()
    print("\n".join(report(asked.requests, Function(asked.architecture, asked.memory, asked.milliseconds))))


if __name__ == "__main__":
    main()
