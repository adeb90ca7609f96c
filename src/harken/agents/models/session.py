from datetime import UTC, datetime
from typing import Any, ClassVar, Self, cast

from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions
from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models
from django.utils import timezone

from harken.lib import rows


class SessionQuerySet(models.QuerySet["Session"]):
    def of(self, user_id: int) -> Self:
        """Those in which this user is signed in now."""
        return self.filter(user_id=user_id, expire_date__gt=timezone.now())


class SessionManager(BaseSessionManager.from_queryset(SessionQuerySet)):  # type: ignore[misc]
    pass


class Session(AbstractBaseSession):
    """A browser's session, with what its user wants to know of it: where it is, and when it was seen last."""

    user_id = models.BigIntegerField(null=True)
    device = models.CharField(max_length=300, default="")
    address = models.CharField(max_length=45, default="")
    seen_at = models.DateTimeField(null=True)

    objects: ClassVar[SessionManager] = SessionManager()

    class Meta:
        indexes = (
            models.Index(fields=["user_id"], name="sessions_by_user"),
            models.Index(fields=["expire_date"], name="sessions_by_end"),
        )

    @classmethod
    def get_session_store_class(cls) -> type["SessionStore"]:
        return SessionStore


class SessionStore(DatabaseSessions):
    """Django's, in a table that says whose a session is. The name must stay: it is the salt of what is stored."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def _get_session_from_db(self) -> Session | None:
        """Return the row of this session unless it is over: every page of an agent asks, so it is prepared."""
        condition = "session_key = %s AND expire_date > %s"
        row = rows.first(Session, condition, [self.session_key, timezone.now()])
        if row is None:
            self._session_key = None
        return row

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """Return the row of a session, with what the session says of itself in columns."""
        row = cast(Session, super().create_model_instance(data))
        row.user_id = data.get("_auth_user_id")
        seen = data.get("seen") or {}
        row.device, row.address = seen.get("device", ""), seen.get("address", "")
        row.seen_at = datetime.fromtimestamp(seen["at"], UTC) if seen else None
        return row
