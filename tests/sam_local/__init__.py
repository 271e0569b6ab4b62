"""sam local, in containers, over a local AWS of its own: `make test-sam-local` runs these, with Docker."""
