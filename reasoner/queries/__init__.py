"""Ready questions, SPARQL and full-text search."""
