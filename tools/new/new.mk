.PHONY: new practices test-copy test-tutorial

new: tools ## Copy the project and rename users (NAME=order DIR=../orders, PLURAL= if irregular)
	@PATH="$(BUILD_PATH)" $(RUN) tools.new --name "$(NAME)" --plural "$(PLURAL)" "$(DIR)"

practices: tools ## Show that a test fails without each practice of docs/practices.md (PRACTICE="JSON logs")
	@$(RUN) pytest -v "tests/practices/test_practices.py$(if $(PRACTICE),::test_has_a_test_that_fails_without_it[$(PRACTICE)])"

test-copy: tools ## Test that a copy works, with and without its capabilities
	@$(RUN) pytest tests/copy

test-tutorial: tools ## Test the edits and commands of docs/tutorial.md
	@$(RUN) pytest tests/tutorial
