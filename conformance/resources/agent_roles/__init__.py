"""Agent roles: what is right for one, and all that the suite is told of them."""

from conformance.resources.agent_roles.registered import ROLE

__all__ = ["ROLE"]
