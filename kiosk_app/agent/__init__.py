"""The agent: the only writer of the database, the only user of the network."""
