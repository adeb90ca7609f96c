from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate


class WorkspacesConfig(AppConfig):
    name = "harken.workspaces"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from harken.workspaces import wall

        # An old address is looked up before anybody is anywhere.
        wall.seen_across("workspaces_formeraddress")
        post_migrate.connect(wall.raise_walls, dispatch_uid="workspaces.raise_walls")
        connection_created.connect(wall.restore, dispatch_uid="workspaces.restore_wall")
