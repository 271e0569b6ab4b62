"""What keeps an artifact from being shipped."""


class ArtifactError(Exception):
    """What was built cannot be shipped; the text says why."""
