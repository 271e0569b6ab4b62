"""One module per trigger: parse the event, call a use case, map what comes back."""
