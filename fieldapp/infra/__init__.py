"""Machinery without domain nouns: database, feed, problems, files, pictures, jobs."""
