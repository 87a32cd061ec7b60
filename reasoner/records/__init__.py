"""The record: statements with source and transaction, and what it says of bodies, places and issues."""
