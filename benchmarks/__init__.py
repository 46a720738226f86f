"""What the terminal promises in figures, each measured against a baseline in the same run."""
