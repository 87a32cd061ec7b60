"""What people see: the explorer and the command line. No reasoning here."""
