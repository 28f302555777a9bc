"""The market and an account as the venues tell them, by ccxt: prices, funding, positions; nothing here ever sends an order."""
