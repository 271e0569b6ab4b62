"""Both implementations of UserRepository."""

import pytest

from tests.helpers.fakes import InMemoryUserRepository
from tests.integration.tables import repository
from users.domain.use_cases import UserRepository


@pytest.fixture(params=["fake", "dynamodb"])
def users(request: pytest.FixtureRequest) -> UserRepository:
    """Each of them in turn, without users."""
    if request.param == "fake":
        return InMemoryUserRepository()
    return repository(request.getfixturevalue("dynamodb"))
