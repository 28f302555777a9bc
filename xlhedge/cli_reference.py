"""The page docs/cli.md, written from the commands."""

import click

from .cli import main
from .cli_options import EXIT_CODES
from .reference import GENERATED


def cli_page() -> str:
    """The reference of every command: how it is called, what it does, its options."""
    context = click.Context(main, info_name="xlhedge")
    lines = ["# Command line\n", _INTRODUCTION, "| exit code | meaning |", "|---|---|"]
    lines += [f"| {code} | {meaning} |" for code, meaning in EXIT_CODES.items()]
    for name in main.list_commands(context):
        lines += _command(name, main.get_command(context, name))
    return GENERATED + "\n".join(lines) + "\n"


_INTRODUCTION = """\
`xlhedge --help` lists the commands, `xlhedge COMMAND --help` prints what is here, `xlhedge --version` says which version
answers. Results go to the standard output, mistakes to the standard error, each line beginning with `xlhedge: `.
Every command ends with one of these codes; batch has two more.
"""


def _command(name: str, command: click.Command) -> list[str]:
    arguments = [p for p in command.params if isinstance(p, click.Argument)]
    options = [p for p in command.params if isinstance(p, click.Option)]
    usage = " ".join(["xlhedge", name, *(["[OPTIONS]"] if options else []), *map(_argument, arguments)])
    paragraphs = (" ".join(paragraph.split()) for paragraph in command.help.split("\n\n"))
    lines = [f"\n## {name}\n", f"```\n{usage}\n```\n", "\n\n".join(paragraphs)]
    if options:
        lines += ["\n| option | meaning | default |", "|---|---|---|", *map(_option, options)]
    return lines


def _argument(argument: click.Argument) -> str:
    name = argument.name.upper() + ("..." if argument.nargs == -1 else "")
    return name if argument.required else f"[{name}]"


def _option(option: click.Option) -> str:
    spelt = ", ".join(option.opts) + _value(option)
    default = "required" if option.required else f"`{option.default}`" if option.show_default else ""
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in (f"`{spelt}`", option.help, default)) + " |"


def _value(option: click.Option) -> str:
    """What follows the name of an option: nothing, or the words or the kind of value that it takes."""
    if option.is_flag:
        return ""
    if isinstance(option.type, click.Choice):
        return " " + "|".join(option.type.choices)
    if isinstance(option.type, click.IntRange):
        return f" {option.type.min}..{option.type.max}"
    return " " + (option.metavar or option.type.name.upper())
