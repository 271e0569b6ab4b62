"""What every function of the stack shares: HTTP, problems, validation, settings, observability.

It knows nothing of users: nothing here may import from the `users` package.
"""

from lambda_common import start as start  # comes first, see there
