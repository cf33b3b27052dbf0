# Thin targets; what they do stands in Scripts/.
.PHONY: demo test lint bench docs consumer fuzz prove-foundation prove-transport prove-lifecycle prove-stores prove-resilience \
	prove-secrets prove-testing

demo:
	swift run tessera demo

test:
	Scripts/test

lint:
	Scripts/lint

bench:
	swift build -c release --package-path Benchmarks
	Benchmarks/run.py

docs:
	Scripts/check-docs

consumer:
	Scripts/check-consumer

# MUTATE=1 plants bugs and expects the proof to go red for each.
prove-foundation:
	Scripts/prove-foundation

prove-transport:
	Scripts/prove-transport

prove-lifecycle:
	Scripts/prove-lifecycle

prove-resilience:
	Scripts/prove-resilience

# The file store among other processes, under strace and on a full disk.
prove-stores:
	Scripts/prove-stores

# Secret sources beside the libraries of their makers, redaction, and tessera scan.
prove-secrets:
	Scripts/prove-secrets

# The test kit itself; with it the mutation score of the policies.
prove-testing:
	Scripts/prove-testing

# A million inputs for each parser, times, and what other parsers say.
fuzz:
	Scripts/fuzz
