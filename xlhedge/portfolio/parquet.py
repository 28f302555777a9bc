"""Read the rows of a Parquet file as a stream, with pyarrow."""

import datetime
import decimal
from collections.abc import Iterator
from pathlib import Path

from ..errors import Unreadable
from ..rows import MOST_COLUMNS, Row
from .tables import check_file

ENDING = ".parquet"
INDEX = "__index_level_"
AT_ONCE = 4096
LARGEST_GROUP = 512 * 2**20


def read_parquet(path: Path, largest: int) -> Iterator[Row]:
    """Stream the rows of a Parquet file: its columns' names as row 0, then each row by its number."""
    check_file(path, largest)
    try:
        from pyarrow import ArrowException
        from pyarrow.parquet import ParquetFile
    except ImportError:
        raise Unreadable(path.name, "is Parquet, which needs pyarrow: pip install xlhedge[parquet]") from None
    try:
        with ParquetFile(path) as file:
            _check(path.name, file.metadata)
            names = [name for name in file.schema_arrow.names if not name.startswith(INDEX)]
            yield Row(0, names)
            number = 0
            for batch in file.iter_batches(AT_ONCE, columns=names):
                for cells in zip(*(column.to_pylist() for column in batch.columns)):
                    number += 1
                    yield Row(number, [*map(_cell, cells)])
    except (ArrowException, OSError, ValueError) as error:
        reason = " ".join(str(error).split())[:120]
        raise Unreadable(path.name, f"is not a Parquet file that can be read ({reason})") from None


def _check(name: str, told) -> None:
    """Refuse what would not fit in memory."""
    if told.num_columns > MOST_COLUMNS:
        raise Unreadable(name, f"has {told.num_columns:,} columns; at most {MOST_COLUMNS} can be read")
    largest = max((told.row_group(i).total_byte_size for i in range(told.num_row_groups)), default=0)
    if largest > LARGEST_GROUP:
        rule = (
            f"has a row group of {largest // 2**20:,} MB; write it with groups of at most {LARGEST_GROUP // 2**20} MB"
        )
        raise Unreadable(name, rule)


def _cell(value: object) -> object:
    """A value as a workbook's cell would hold it."""
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, float):
        return None if value != value else value  # how pandas writes what is missing
    if isinstance(value, decimal.Decimal):
        return float(value)
    if isinstance(value, datetime.datetime):
        return datetime.datetime.fromisoformat(value.isoformat()[:26])  # without nanoseconds
    return value
