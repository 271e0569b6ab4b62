.PHONY: new test-copy test-tutorial

new: tools ## Copy the project and rename users (NAME=order DIR=../orders, PLURAL= if irregular)
	@PATH="$(BUILD_PATH)" $(RUN) tools.new --name "$(NAME)" --plural "$(PLURAL)" "$(DIR)"

test-copy: tools ## Test that a copy works, with and without its capabilities
	@$(RUN) pytest tests/copy

test-tutorial: tools ## Test the edits and commands of docs/tutorial.md
	@$(RUN) pytest tests/tutorial
