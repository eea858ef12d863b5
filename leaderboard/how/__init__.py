"""What How it works shows and says; its live pieces begin as these pictures."""
