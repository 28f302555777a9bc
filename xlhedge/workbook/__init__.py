"""Workbooks: the model on sheets, the writer, and the lint."""
