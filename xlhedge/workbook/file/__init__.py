"""How bytes are made: workbooks by openpyxl, and many of one shape from its template."""
