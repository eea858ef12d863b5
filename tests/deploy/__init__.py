"""What ships: the compose file, the image and the install script, tested without an engine."""
