# Thin targets; what they do stands in Scripts/.
.PHONY: demo test lint bench docs consumer prove-foundation prove-transport

demo:
	swift run tessera demo

test:
	swift test --enable-all-traits

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
