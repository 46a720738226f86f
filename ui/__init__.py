"""The glass: Qt Quick and nothing else. No network, no database, no hardware."""
