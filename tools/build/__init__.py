"""The build of layers and functions, which `sam build` runs through the Makefiles in src and layers."""
