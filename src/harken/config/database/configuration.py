"""What the embedded PostgreSQL is told: quiet on a small machine, durable, reachable by its socket alone."""

import os
from pathlib import Path

from harken.config.data_folder import user_name

APPLICATION_ROLE = "harken"
SUPERUSER = "postgres"

_SETTINGS = """\
# Written at every start of Harken. Your own settings go into local.conf beside this file; they win.
listen_addresses = ''
port = 5432
cluster_name = 'harken'
unix_socket_directories = '{sockets}'
unix_socket_permissions = 0700
max_connections = 60
shared_buffers = 64MB
work_mem = 8MB
maintenance_work_mem = 64MB
effective_cache_size = 1GB
random_page_cost = 1.1
max_wal_size = 1GB
checkpoint_timeout = 15min
wal_compression = pglz
huge_pages = off
jit = off
io_method = sync  # no worker processes for reads that fit in memory
max_worker_processes = 4
max_parallel_workers = 2
max_logical_replication_workers = 0
autovacuum_max_workers = 2
timezone = 'UTC'
log_timezone = 'UTC'
lc_messages = 'C'
log_line_prefix = '%m [%p] %u@%d '
log_checkpoints = off
# Statements and details hold what customers wrote, and logs must not.
log_min_error_statement = panic
log_error_verbosity = terse
include_if_exists = 'local.conf'
"""


def write_configuration(cluster: Path, sockets: str) -> None:
    """Write PostgreSQL's three files of settings; peer authentication lets us and root in, and nobody else."""
    us = user_name(os.geteuid())
    pairs = [(user, role) for user in sorted({us, "root"}) for role in (APPLICATION_ROLE, SUPERUSER)]
    _write(cluster / "postgresql.conf", _SETTINGS.format(sockets=sockets))
    _write(cluster / "pg_hba.conf", "local all all peer map=harken\n")
    _write(cluster / "pg_ident.conf", "".join(f'harken "{user}" {role}\n' for user, role in pairs))


def _write(path: Path, text: str) -> None:
    if path.exists() and path.read_text() == text:
        return
    owner = path.parent.stat()
    path.write_text(text)
    path.chmod(0o600)
    os.chown(path, owner.st_uid, owner.st_gid)
