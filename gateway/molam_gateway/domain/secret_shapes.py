"""What the secrets that pass through a gateway look like, for the nets that keep them out of logs and audit trails."""

ADMIN = "adm_"
"""Begins the tokens of the dashboard's sessions and links."""

REFRESH = "rt_"
"""Begins refresh tokens."""

TICKET = "wst_"
"""Begins tickets for WebSockets."""

SHAPES = (
    r"(?:sk|rk|pk)_(?:test|live)_[A-Za-z0-9_-]*",
    r"whsec_[A-Za-z0-9+/=_-]*",
    rf"(?<![A-Za-z0-9])(?:{ADMIN}|{REFRESH}|{TICKET})[A-Za-z0-9_-]{{16,}}",
    r"\beyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)?",
    r"gAAAAA[A-Za-z0-9_=-]{20,}",
    r"(?<=/callbacks/)[A-Za-z0-9_-]{16,}",
)
"""API keys, signing secrets, tokens, what the vault encrypted, and addresses that only a provider knows."""
