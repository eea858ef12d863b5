"""Backups: one file that holds the database and the artifacts, and the way back from it."""
