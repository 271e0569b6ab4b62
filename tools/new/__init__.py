"""`make new`: a copy of the project in which users are something else."""
