"""Takes the practices of docs/practices.md out, one at a time, and shows that a test fails without each."""
