"""The demonstration and the tour: the whole product on one machine with simulated hardware.

Excluded from a release. The product's own processes run here unchanged and are told nothing.
"""
