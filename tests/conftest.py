"""What has to be set before the code is imported: Logger, Metrics and the resolver read it then."""

import os

from tests.helpers.environment import function_environment

os.environ |= function_environment("UsersApiFunction")
