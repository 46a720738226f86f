"""What a terminal keeps on its disk: an append-only journal, the fold of it, and the catalogue.

Encrypted at rest, written by one thread of one process. It never reads a clock, never uses the network
and knows nothing of screens or printers; it guards against losing a case, numbering one twice, and
keeping personal data longer than it is needed.
"""
