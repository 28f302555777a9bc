"""What the quick lane leaves out is there to be left out, and a worker's tests begin with the longest files."""

import ast
from pathlib import Path

import pytest
from lanes import LEFT_OUT, LONGEST

HERE = Path(__file__).parent


@pytest.mark.parametrize("place", (*LEFT_OUT, *LONGEST))
def test_every_name_is_that_of_a_file_a_test_or_a_row(place):
    file, _, test = place.partition("::")
    name, _, row = test.partition("[")
    text = (HERE / file).read_text("utf-8")
    assert not name or name in {node.name for node in ast.parse(text).body if hasattr(node, "name")}
    assert f'"{row[:-1]}"' in text or not row


def test_nothing_is_named_twice():
    assert len(set(LEFT_OUT)) == len(LEFT_OUT) and len(set(LONGEST)) == len(LONGEST)
