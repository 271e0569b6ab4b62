"""The daily clean-up of temporary objects."""

from dataclasses import dataclass
from functools import cache

from lambda_common.observability import LambdaContext, Observability
from lambda_common.requests import Event
from lambda_common.settings import load_settings
from lambda_common.start import prepare
from users import bootstrap
from users.domain.cleanup import delete_temporary
from users.domain.ports import ImageStore
from users.domain.user import now
from users.settings import CleanupSettings


@dataclass(frozen=True)
class Cleanup:
    """Cleans up and says how much there was."""

    images: ImageStore
    observability: Observability

    def run(self, context: LambdaContext) -> None:
        """One clean-up; what it raises makes the schedule try again."""
        with (
            self.observability.invocation(context),
            self.observability.work("clean_up", context.aws_request_id) as finished,
        ):
            deleted = delete_temporary(self.images, now())
            finished("success", deleted=deleted)


@cache
def _cleanup() -> Cleanup:
    settings = load_settings(CleanupSettings)
    return Cleanup(bootstrap.image_store(settings.images_bucket_name), Observability(settings))


def lambda_handler(event: Event, context: LambdaContext) -> None:  # noqa: ARG001 - the schedule says nothing
    """Entry point of the schedule."""
    _cleanup().run(context)


prepare(_cleanup)
