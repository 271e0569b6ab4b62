"""Errors in the terms of the service."""


class UserServiceError(Exception):
    """Base of what the service foresees."""


class InvalidFieldError(UserServiceError, ValueError):
    """A value is out of the contract. `message` says what is allowed."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


class UserNotFoundError(UserServiceError):
    """There is no such user."""


class UserAlreadyExistsError(UserServiceError):
    """The userId is taken."""


class EmailAlreadyTakenError(UserServiceError):
    """Another user has this e-mail address."""


class PreconditionFailedError(UserServiceError):
    """The user is in a state that the client does not expect."""


class IdempotencyKeyReusedError(UserServiceError):
    """The idempotency key came with another request before."""


class IdempotencyInProgressError(UserServiceError):
    """The first request with this idempotency key has not finished."""


class InvalidImageError(UserServiceError):
    """An upload is no picture that thumbnails can be made of. `reason` says why, without values."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class AvatarNotFoundError(UserServiceError):
    """The user has no picture. `refusal` says why the newest one was refused, if it was."""

    def __init__(self, refusal: str | None = None) -> None:
        super().__init__(refusal)
        self.refusal = refusal


class EffectInProgressError(UserServiceError):
    """Another delivery of the same event is processed at the moment; worth trying again."""


class ServiceUnavailableError(UserServiceError):
    """A service that we depend on throttles, fails or does not answer."""
