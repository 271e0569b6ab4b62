"""Generated user ids."""

import time
import uuid

from users.domain.use_cases import generate_user_id


def test_generated_ids_are_uuids_of_version_7() -> None:
    """They begin with the time, in milliseconds."""
    before = time.time_ns() // 1_000_000
    ids = [uuid.UUID(generate_user_id()) for _ in range(100)]
    after = time.time_ns() // 1_000_000
    assert {(user_id.version, user_id.variant) for user_id in ids} == {(7, uuid.RFC_4122)}
    assert all(before <= user_id.int >> 80 <= after for user_id in ids)
    assert len(set(ids)) == 100
