"""How each venue tells of an account: what a key may do, positions, wallets, and what moved them."""
