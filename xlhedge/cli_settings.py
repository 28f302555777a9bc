"""The command settings: every setting with its unit, what it may be, and what it is unless told."""

import json

import click

from .cli_options import DONE


@click.command(short_help="List every setting with its unit, domain and default.")
@click.argument("word", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Print them for a program.")
def settings(word: tuple[str, ...], as_json: bool) -> int:
    """List the settings, or those that have every WORD in their name, meaning or unit.

    A setting stands in a settings file, on the sheet Inputs, or after --set: `--set rally=80%`.
    """
    from .portfolio.settings import setting_records

    records = [
        record for record in setting_records()
        if all(w.lower() in f"{record['name']} {record['meaning']} {record['unit'] or ''}".lower() for w in word)
    ]  # fmt: skip
    if as_json:
        click.echo(json.dumps(records, indent=2))
        return DONE
    if not records:
        raise click.UsageError(f"no setting has {' and '.join(map(repr, word))} in its name, meaning or unit")
    for record in records:
        default = "none" if record["default"] is None else record["default_text"]
        unit = f" [{record['unit']}]" if record["unit"] else ""
        click.echo(f"{record['name']} = {default}{unit}\n    {record['meaning']}; {record['rule']}")
    return DONE
