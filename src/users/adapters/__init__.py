"""Adapters for AWS: each module calls one service and translates its errors."""
