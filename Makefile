.DEFAULT_GOAL := help

.PHONY: setup
setup:
	@scripts/setup.sh all
