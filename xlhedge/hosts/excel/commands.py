"""The commands install, uninstall and doctor."""

from pathlib import Path

import click

CHECK_FAILED = 4

OFFICE = click.option("--libreoffice", is_flag=True, help="For LibreOffice Calc instead of Excel.")


@click.command(short_help="Install the worksheet functions in Excel or LibreOffice.")
@click.option("--build-only", "folder", metavar="DIR", type=click.Path(path_type=Path),
              help="Write the Excel add-in and its help files to DIR, on any system, and install nothing.")  # fmt: skip
@OFFICE
def install(folder: Path | None, libreoffice: bool) -> None:
    """Install the worksheet functions for the user who runs this, in Excel (on Windows) or in LibreOffice.

    No administrator's rights are needed. Installing again replaces what is there.
    """
    if libreoffice and folder:
        raise click.UsageError("--build-only is for Excel; leave out --libreoffice")
    if libreoffice:
        from xlhedge.hosts.office import install_libreoffice

        click.echo(f"installed in LibreOffice: {install_libreoffice()}")
    elif folder:
        from .addin import build_addin

        for path in build_addin(folder):
            click.echo(f"wrote {path}")
    else:
        from . import install as excel

        _tell(excel.install())


@click.command(short_help="Remove the worksheet functions from Excel or LibreOffice.")
@OFFICE
def uninstall(libreoffice: bool) -> None:
    """Remove what install placed, and nothing else."""
    if libreoffice:
        from xlhedge.hosts.office import uninstall_libreoffice

        click.echo("removed from LibreOffice" if uninstall_libreoffice() else "there was nothing to remove")
    else:
        from . import install as excel

        _tell(excel.uninstall())


@click.command(short_help="Check the installation in Excel.")
def doctor() -> int:
    """Check everything between a cell in Excel and Python, and print how to mend what is wrong."""
    from .doctor import doctor as examine

    findings = examine()
    _tell(map(str, findings))
    return 0 if all(finding.ok for finding in findings) else CHECK_FAILED


def _tell(lines) -> None:
    for line in lines:
        click.echo(line)


COMMANDS = (install, uninstall, doctor)
