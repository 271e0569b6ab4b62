"""What `sam build` needs beyond the packages: it makes layers and code what Lambda runs best."""
