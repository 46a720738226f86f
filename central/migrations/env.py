"""How Alembic reaches the database: over the connection it is given, else by KIOSK_CENTRAL_DATABASE."""

import os

from alembic import context
from sqlalchemy import Connection, create_engine

from central import fleet_models, models
from central.base import Base

_TABLES = (models, fleet_models)  # importing them is what fills the metadata


def _run(connection: Connection) -> None:
    # SQLite cannot alter most of a table in place; a batch copies it.
    batch = connection.dialect.name == "sqlite"
    context.configure(connection, target_metadata=Base.metadata, render_as_batch=batch, compare_type=True)
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    _run(given)
else:
    engine = create_engine(os.environ["KIOSK_CENTRAL_DATABASE"])
    with engine.begin() as opened:
        _run(opened)
    engine.dispose()
