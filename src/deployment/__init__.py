"""Deployments of the service: CodeDeploy's hooks."""
