"""Spreadsheet statistics over whole columns that hold empty texts where there is no number."""

import warnings
from collections.abc import Callable

import numpy as np

from ...formula import Cell, summed
from ...ranges import over


def over_numbers(excel: str, function: Callable, *columns: Cell) -> Cell:
    """A spreadsheet function over whole columns; like numpy's nan-functions it passes over the empty texts."""

    def reduced(*values: np.ndarray) -> np.ndarray:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # of too few values, which NaN tells
            return function(*(each.astype(float) for each in values), axis=0, keepdims=True)

    return over(excel, reduced, *columns)


def counted(values: np.ndarray, **how) -> np.ndarray:
    return np.isfinite(values).sum(**how) * 1.0


def sum_of_numbers(values: np.ndarray, **how) -> np.ndarray:
    return summed(np.where(np.isnan(values), 0.0, values), **how)


def deviation(values: np.ndarray, **how) -> np.ndarray:
    return np.sqrt(variance(values, **how))


def variance(values: np.ndarray, **how) -> np.ndarray:
    count = counted(values, **how)
    return sum_of_numbers((values - sum_of_numbers(values, **how) / count) ** 2, **how) / (count - 1)


def sum_of_products(first: np.ndarray, second: np.ndarray, **how) -> np.ndarray:
    return sum_of_numbers(first * second, **how)
