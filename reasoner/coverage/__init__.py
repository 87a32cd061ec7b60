"""How completely the regulation is encoded, and whether the cases show that each condition matters."""
