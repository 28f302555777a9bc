"""The command pdf: a workbook as it is printed."""

from pathlib import Path

import click

from .cli_options import DONE, PATH, counted


@click.command(short_help="Print a workbook to a PDF file.")
@click.argument("workbook", type=PATH)
@click.option("--out", type=PATH, help="The file to write (.pdf); beside the workbook, of its name, unless given.")
@click.option("--force", is_flag=True, help="Write over a file that is no PDF of a workbook of xlhedge.")
def pdf(workbook: Path, out: Path | None, force: bool) -> int:
    """Print WORKBOOK to a PDF file by LibreOffice, as its page set-up says: the sheets that have a print area.

    Every formula is recalculated first.
    """
    from .pdf import write_pdf

    out = out or workbook.with_suffix(".pdf")
    if out.suffix.lower() != ".pdf":
        raise click.UsageError(f"--out must end in .pdf (got {str(out)!r})")
    pages = write_pdf(workbook, out, force)
    click.echo(f"wrote {out} ({counted(pages, 'page')}, {out.stat().st_size / 1024:,.0f} kB)")
    return DONE
