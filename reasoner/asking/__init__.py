"""What if and why not: worlds with facts added or taken away, and what is missing for a conclusion."""
