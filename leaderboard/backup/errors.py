"""What can be wrong with a backup or with the place it is to go."""


class BackupError(Exception):
    """Why there is no backup, or why nothing was restored; one line for whoever asked."""
