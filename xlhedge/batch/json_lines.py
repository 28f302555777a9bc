"""Values as lines of JSON: how a run remembers what it did, and who holds a lock."""

import json


def dumped(value: object) -> bytes:
    """A value as one line, the same for equal values."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass") + b"\n"


def loaded(line: bytes) -> dict:
    """The dictionary of a line; empty when the line is damaged or holds something else."""
    try:
        value = json.loads(line)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
