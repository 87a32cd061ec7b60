"""A record as one file, wherever it lies (a file, a PostgreSQL server), and back.

content.py   the tables of a record; whether what they say agrees with the digests in them
write.py     record in, file out
restore.py   file in, record out; or only looked at

A backup is a .zip with one Parquet file a table, rows by number, and ``manifest.json``: how many rows each
has and its SHA-256. It can be read without this program.
"""
