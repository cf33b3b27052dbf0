"""The parts of run.py; see README.md."""
