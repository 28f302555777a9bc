"""Commands for tests, run in this process."""

from click.testing import CliRunner

from xlhedge import cli


def run(*arguments: object, base=None):
    """Run a command in this process; whatever happens there is no traceback. `base` stands in for the venues' addresses."""
    result = CliRunner().invoke(cli.main, [str(argument) for argument in arguments], terminal_width=110, obj=base)
    assert "Traceback" not in result.output
    if result.exit_code in (1, 2, 3) and arguments:
        assert result.stderr and all(line.startswith("xlhedge: ") for line in result.stderr.splitlines())
    return result


def fails(code: int, *arguments: object) -> str:
    """Run a command that must fail with a code and one line, and return the line."""
    result = run(*arguments)
    assert result.exit_code == code, result.output
    assert result.stderr.count("\n") == 1 and result.stdout == ""
    return result.stderr.removeprefix("xlhedge: ").strip()
