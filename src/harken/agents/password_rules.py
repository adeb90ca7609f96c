"""What a new password is held to: Django's rules, in our words."""

from django.contrib.auth import password_validation as django_rules
from django.utils.translation import gettext as _
from django.utils.translation import ngettext


class UnlikeItsOwner(django_rules.UserAttributeSimilarityValidator):
    def get_error_message(self) -> str:
        return _(
            "This password is too much like your name or address. Nothing was changed; think of another one."
        )


class LongEnough(django_rules.MinimumLengthValidator):
    def get_error_message(self) -> str:
        words = ngettext(
            "A password has at least %(count)s character. Nothing was changed; make it longer.",
            "A password has at least %(count)s characters. Nothing was changed; make it longer.",
            self.min_length,
        )
        return words % {"count": self.min_length}


class NotTriedFirst(django_rules.CommonPasswordValidator):
    def get_error_message(self) -> str:
        return _(
            "This password is among those that guessers try first. Nothing was changed; think of another one."
        )
