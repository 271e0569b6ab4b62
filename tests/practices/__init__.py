"""docs/practices.md as data, and its proof: `make practices`."""
