"""Who uses the database: the first to come starts it, the last to leave stops it."""

import os
from types import TracebackType
from typing import Self

from harken.config.data_folder import prepare_data_folder
from harken.config.database.cluster import Cluster
from harken.config.database.locks import alone, open_lock, take_alone, take_shared
from harken.config.database.preparation import prepare_embedded


class Lease:
    """One process's use of a database that somebody else cares for: there is nothing to start or stop."""

    def revive(self) -> bool:
        """Start the database again if it died; True when that was needed."""
        return False

    def close(self) -> None:
        """Stop using the database. Calling twice is safe."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class EmbeddedLease(Lease):
    """One process's use of the embedded database, kept as a shared lock that ends with the process."""

    def __init__(self, cluster: Cluster) -> None:
        prepare_data_folder(cluster.data)
        self._cluster = cluster
        self._held: int | None = open_lock(cluster.data / "database.lock")
        # Waits while the last one before us is still stopping the database.
        take_shared(self._held)
        try:
            self._start()
        except BaseException:
            self.close()
            raise

    def revive(self) -> bool:
        if self._cluster.is_running():
            return False
        self._start()
        return True

    def close(self) -> None:
        if self._held is None:
            return
        if take_alone(self._held):
            self._cluster.stop()
        os.close(self._held)
        self._held = None

    def _start(self) -> None:
        with alone(self._cluster.data / "start.lock"):
            self._cluster.start()
            prepare_embedded(self._cluster)
