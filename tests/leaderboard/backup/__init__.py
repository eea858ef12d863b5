"""Backups: made while others write, refused when damaged, and the same board after a restore."""
