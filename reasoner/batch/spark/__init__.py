"""Beyond one machine: the same compiled rules on Spark, facts Parquet in, conclusions Parquet out."""
