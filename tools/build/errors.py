"""Errors of the build."""


class ArtifactError(Exception):
    """The artifact must not be deployed; the message gives the reason."""
