"""Help made from the registry: for Excel-DNA's IntelliSense, and as a page to read in the browser."""

from collections.abc import Iterator
from html import escape
from xml.sax.saxutils import quoteattr

from xlhedge import __version__
from xlhedge.registry import FUNCTIONS, Function
from xlhedge.udfs import short

INTELLISENSE = "http://schemas.excel-dna.net/intellisense/1.0"

PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>xlhedge {version}: worksheet functions</title>
<style>
body {{ font: 15px/1.5 sans-serif; max-width: 60em; margin: 2em auto; padding: 0 1em; }}
h2 {{ margin-top: 2em; }} code {{ background: #f2f2f2; }} td {{ padding: 0 1em 0 0; vertical-align: top; }}
</style></head><body>
<h1>xlhedge {version}: worksheet functions</h1>
<p>qty is the signed USD face of a position (short &lt; 0); prices are USD per coin; rates are fractions; received cash
is positive. Every argument that takes one number also takes a range, and the result spills.</p>
<p>#NUM!: a number out of its domain, or no result. #VALUE!: a missing argument, a wrong type or word. #N/A: not known,
such as an unlisted contract. #NAME?: Python does not answer; run xlhedge doctor, or the bundle's
Check xlhedge.bat. An error in an input comes out
unchanged.</p>
{body}
</body></html>
"""


def intellisense_xml() -> str:
    """The help that Excel-DNA's IntelliSense shows while a formula is typed."""
    functions = "".join(map(_intellisense, FUNCTIONS.values()))
    return f'<IntelliSense xmlns="{INTELLISENSE}">\n <FunctionInfo>\n{functions} </FunctionInfo>\n</IntelliSense>\n'


def _intellisense(function: Function) -> str:
    arguments = "".join(
        f"   <Argument Name={quoteattr(p.name)} Description={quoteattr(short(p.help()))}/>\n"
        for p in function.parameters
    )
    return f'  <Function Name="{function.name}" Description={quoteattr(short(function.summary))}>\n{arguments}  </Function>\n'


def help_page() -> str:
    """Every function with its arguments, units and an example, as HTML."""
    return PAGE.format(version=__version__, body="\n".join(line for f in FUNCTIONS.values() for line in _section(f)))


def _section(function: Function) -> Iterator[str]:
    yield f'<h2 id="{function.name}">{function.name}</h2>'
    yield f"<p><code>{escape(function.signature)}</code></p>"
    yield f"<p>{escape(f'{function.summary} {function.notes}'.strip())}</p>"
    if function.parameters:
        rows = (f"<tr><td>{p.name}</td><td>{escape(p.help())}</td></tr>" for p in function.parameters)
        yield f"<table>{''.join(rows)}</table>"
    yield f"<p>Result: {escape(function.result_in_words)}</p>"
    yield from (
        f"<p>Example: <code>={escape(call)}</code> is {escape(expected)}</p>" for call, expected in function.examples
    )
