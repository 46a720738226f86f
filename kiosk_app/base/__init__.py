"""Settings, logs and the clock: what every part of the terminal stands on."""
