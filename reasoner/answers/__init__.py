"""What follows, arranged for a reader: chain, responsibility, body, agenda, procedure, tasks."""
