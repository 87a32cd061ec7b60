"""Is the rule base free of whole classes of mistakes? A search of all bounded worlds for a counter-example.

What must never follow is data (``ontology/properties.yaml``), written as rules of the same language. For each
property the rules it rests on are read backwards (``cones``), everything that could be recorded about a
stated number of things becomes a choice (``bounded``), and clingo looks for a world in which the property is
violated (``search``). A world that it finds is made as small as it can be, evaluated in process before it is
reported, and written as a case file that ``zelian case`` runs (``hits``).
"""
