# Thin targets; what they do stands in Scripts/.
.PHONY: demo test lint bench docs consumer prove-foundation prove-lifecycle prove-stores

demo:
	swift run tessera demo

test:
	swift test

lint:
	Scripts/lint

bench:
	Benchmarks/run.py

docs:
	Scripts/check-docs

consumer:
	Scripts/check-consumer

# MUTATE=1 plants bugs and expects the proof to go red for each.
prove-foundation:
	Scripts/prove-foundation

prove-lifecycle:
	Scripts/prove-lifecycle

# The file store among other processes, under strace and on a full disk.
prove-stores:
	Scripts/prove-stores
