"""What the addresses answer: board, entry, grading, changes, and what every site needs."""
