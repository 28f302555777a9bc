"""The formats that are known, one file for each venue; a new venue is one file and one line here."""
