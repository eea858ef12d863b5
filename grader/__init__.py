"""The grader: trains the networks that configurations describe and scores how fast they drive."""

__version__ = "0.4.0"
"""Part of every grade: raised whenever the same config and seeds could give another score."""
