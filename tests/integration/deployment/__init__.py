"""The hooks of deployments."""
