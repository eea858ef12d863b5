"""The whole site under load: many who hand in at once, and many who read while workers compute."""
