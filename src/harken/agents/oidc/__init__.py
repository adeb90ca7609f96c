"""Sign-in by a workspace's own provider: OpenID Connect Core 1.0, code flow with PKCE, state and nonce."""
