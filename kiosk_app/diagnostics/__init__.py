"""Checks that a technician, an operator or a script can ask for."""
