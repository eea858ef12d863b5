"""Pictures of every page with real content: a season that is really graded, and its pages shot."""
