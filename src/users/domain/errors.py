"""Domain errors."""


class UserServiceError(Exception):
    """Base class of expected errors."""


class InvalidFieldError(UserServiceError, ValueError):
    """A value violates the contract. `message` states the rule."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


class UserNotFoundError(UserServiceError):
    """No user has this userId."""


class UserAlreadyExistsError(UserServiceError):
    """Another user has this userId."""


class EmailAlreadyTakenError(UserServiceError):
    """Another user has this email address."""


class PreconditionFailedError(UserServiceError):
    """The state of the user does not satisfy the precondition."""


class IdempotencyKeyReusedError(UserServiceError):
    """The idempotency key was already used with another request."""


class IdempotencyInProgressError(UserServiceError):
    """The first request with this idempotency key has not finished."""


class InvalidImageError(UserServiceError):
    """No thumbnails can be made of an upload. `reason` does not contain values."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class AvatarNotFoundError(UserServiceError):
    """The user has no avatar. `refusal` is the reason if the newest upload was refused."""

    def __init__(self, refusal: str | None = None) -> None:
        super().__init__(refusal)
        self.refusal = refusal


class EffectInProgressError(UserServiceError):
    """Another delivery of the same event is in progress; a retry can succeed."""


class ServiceUnavailableError(UserServiceError):
    """A dependency throttles, fails or does not respond."""
