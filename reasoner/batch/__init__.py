"""Large runs: facts files in, conclusions kept in a folder, on DuckDB."""
