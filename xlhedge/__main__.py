"""python -m xlhedge: the command line, for where its program is not on the path."""

from .cli import main

if __name__ == "__main__":
    main(prog_name="xlhedge")
