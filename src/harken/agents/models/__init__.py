"""The people who answer, and what opens the door to them; each noun has its file."""

from harken.agents.models.people import (
    Agent,
    AgentQuerySet,
    Language,
    OneTimeLink,
    OneTimeLinkQuerySet,
    User,
    clean_address,
    memberships,
)
from harken.agents.models.provider import Provider, ProviderAccount
from harken.agents.models.session import Session
from harken.agents.models.token import Token

__all__ = [
    "Agent",
    "AgentQuerySet",
    "Language",
    "OneTimeLink",
    "OneTimeLinkQuerySet",
    "Provider",
    "ProviderAccount",
    "Session",
    "Token",
    "User",
    "clean_address",
    "memberships",
]
