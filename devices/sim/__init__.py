"""Simulators: they speak a device's own bytes, can misbehave on command, and never ship."""
