"""How fast the functions start and answer, beside what people usually write."""
