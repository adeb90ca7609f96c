"""Passkeys, authenticator apps and recovery codes: allauth's verbs behind our own pages, and the workspace's rule."""
