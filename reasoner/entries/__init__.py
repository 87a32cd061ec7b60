"""Entries by hand: forms made from the template, what they state, and what that would change."""
