"""What the prove-* scripts share: running programs, checkouts, figures and mutants."""
