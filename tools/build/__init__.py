"""Build steps that `sam build` runs after the installation of packages."""
