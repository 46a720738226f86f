"""Drivers: one file a device family. The only place that may import a hardware library."""
