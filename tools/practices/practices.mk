.PHONY: practices

practices: tools ## Take each practice of docs/practices.md out, and show that its test fails (PRACTICE="JSON logs")
	@$(RUN) tools.practices $(if $(PRACTICE),"$(PRACTICE)")
