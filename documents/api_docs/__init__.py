"""Serves the description of the API, for programs and for people. All of DocumentsFunction's own code."""
