"""What the venues answer to a signed request."""

PRIVATE: dict[str, dict[str, object]] = {}
