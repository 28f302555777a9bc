"""Where cells stand: blocks on sheets, tables and panels, what a user types, and what is read back of it."""
