"""What can go wrong in the service's own terms. The texts hold no values: they end up in logs.

UserServiceError
├── InvalidFieldError            a value that the contract does not allow, with the field's name
├── UserNotFoundError
├── UserAlreadyExistsError       the userId is taken
├── EmailAlreadyTakenError       another user has the address
├── VersionMismatchError         the user has changed since the client read it
├── UserIdMismatchError          the body names another user than the path
├── IdempotencyKeyReusedError    the key came with another request before
├── IdempotencyInProgressError   the first request with this key has not finished
├── AvatarNotFoundError          the user has no picture
├── EffectInProgressError        another delivery of the same event is being worked on
├── InvalidImageError            an upload that no thumbnails can be made of, with the reason
└── ServiceUnavailableError      AWS throttles, fails or does not answer; worth trying again
"""


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


class VersionMismatchError(UserServiceError):
    """The user is not in the version that the client expects."""


class UserIdMismatchError(UserServiceError):
    """The body names another user than the path."""


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
    """The user has no picture."""


class EffectInProgressError(UserServiceError):
    """Another delivery of the same event is being worked on; worth trying again."""


class ServiceUnavailableError(UserServiceError):
    """A service that we depend on throttles, fails or does not answer."""
