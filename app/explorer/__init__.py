"""The explorer: pages that show what the reasoner concluded, and why."""
