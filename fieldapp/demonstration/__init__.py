"""The demonstration: a generated housing area, and two weeks of generated rounds in it. No real data."""
