"""Pure values that every package may use: no framework, no input or output."""
