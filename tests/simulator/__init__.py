"""The simulator against its oracle, its rules and its promises."""
