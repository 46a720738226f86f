"""Alembic's environment and the revisions of central's schema."""
