"""Many portfolios in, one finished workbook each."""
