"""The page for recording by ledger, drawn tab by tab: upload, rows that wait for correction, journal."""
