"""Mutants of pure policies, all in one build: each is a branch that an environment variable switches on."""
