"""How Alembic reaches the database: on the connection that workflow.db.schema hands over."""

from alembic import context

from workflow.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    compare_type=True,
    compare_server_default=False,
)
with context.begin_transaction():
    context.run_migrations()
