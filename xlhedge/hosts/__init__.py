"""Hosts: what connects the worksheet functions to a program, glue only."""
