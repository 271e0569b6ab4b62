"""Commands for operators of a deployed stack, on AWS or on this machine: `make redrive` and `make smoke`."""
