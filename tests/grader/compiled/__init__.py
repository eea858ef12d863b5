"""The compiled engine, against numpy, mpmath, autograd and itself."""
