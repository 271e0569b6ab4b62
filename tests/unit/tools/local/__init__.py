"""What runs on this machine, as far as it needs neither Docker nor a local AWS."""
