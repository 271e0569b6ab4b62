"""The package that DocumentsFunction runs."""
