"""Receivers of what leaves, as processes of their own on loopback: they misbehave when a test tells them to."""
