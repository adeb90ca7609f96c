from django.db import models
from django.db.models.functions import Lower

from harken.fields.models import Listed


class Area(Listed):
    """A functional block of the product, about which people ask."""

    told_as = "area"

    class Meta:
        constraints = (models.UniqueConstraint("workspace", Lower("name"), name="one_area_per_name"),)
