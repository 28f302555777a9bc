"""Build xlhedge.oxt, LibreOffice's kind of add-in, from the registry."""

import json
import sys
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import xlhedge.functions  # noqa: F401 - fills the registry
from xlhedge import __version__, whole_columns
from xlhedge.errors import DIV0, NA, NAME, NULL, NUM, REF, VALUE
from xlhedge.registry import FUNCTIONS, Function, Parameter

from .typelib import Method, type_library

IDENTIFIER = "xlhedge.calc"
SERVICE, INTERFACE = "xlhedge.Calc", "xlhedge.XCalc"
"""Calc writes SERVICE.FUNCTION into the .ods files that it saves: a new name would break them."""

CALC_CODES = {NUM: 503, VALUE: 519, NA: 32767, DIV0: 532, NAME: 525, REF: 524, NULL: 521}
ADVICE = "xlhedge cannot reach the Python it was installed from; run there: xlhedge install --libreoffice"
CREATED = (1980, 1, 1, 0, 0, 0)
XML = '<?xml version="1.0" encoding="UTF-8"?>\n'

MANIFEST = f"""{XML}<manifest:manifest xmlns:manifest="http://openoffice.org/2001/manifest">
 <manifest:file-entry manifest:full-path="types.rdb"
  manifest:media-type="application/vnd.sun.star.uno-typelibrary;type=RDB"/>
 <manifest:file-entry manifest:full-path="add-in.components"
  manifest:media-type="application/vnd.sun.star.uno-components"/>
 <manifest:file-entry manifest:full-path="functions.xcu"
  manifest:media-type="application/vnd.sun.star.configuration-data"/>
</manifest:manifest>
"""
DESCRIPTION = f"""{XML}<description xmlns="http://openoffice.org/extensions/description/2006">
 <identifier value="{IDENTIFIER}"/>
 <version value="{__version__}"/>
 <dependencies>
  <LibreOffice-minimal-version xmlns="http://libreoffice.org/extensions/description/2011"
   value="25.2" name="LibreOffice 25.2"/>
 </dependencies>
 <display-name><name lang="en">xlhedge: hedging and rebalancing with inverse futures</name></display-name>
</description>
"""
COMPONENTS = f"""{XML}<components xmlns="http://openoffice.org/2010/uno-components">
 <component loader="com.sun.star.loader.Python" uri="component.py">
  <implementation name="{SERVICE}"><service name="{SERVICE}"/></implementation>
 </component>
</components>
"""
CONFIGURATION = """{xml}<oor:component-data xmlns:oor="http://openoffice.org/2001/registry"
 xmlns:xs="http://www.w3.org/2001/XMLSchema" oor:name="CalcAddIns" oor:package="org.openoffice.Office">
 <node oor:name="AddInInfo"><node oor:name="{service}" oor:op="replace"><node oor:name="AddInFunctions">
{functions}
 </node></node></node>
</oor:component-data>
"""


def write_addin(path) -> Path:
    """Write the add-in for this Python to a file; the same Python and version give the same bytes."""
    path = Path(path)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in addin_files().items():
            entry = zipfile.ZipInfo(name, CREATED)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(entry, content)
    return path


def addin_files() -> dict[str, str | bytes]:
    """The files of the add-in by name."""
    functions = FUNCTIONS.values()
    listed = "\n".join(map(_function, functions))
    return {
        "META-INF/manifest.xml": MANIFEST,
        "description.xml": DESCRIPTION,
        "types.rdb": type_library(INTERFACE, map(_method, functions)),
        "add-in.components": COMPONENTS,
        "component.py": Path(__file__).with_name("component.py").read_text(encoding="utf-8"),
        "pythonpath/xlhedge_whole_columns.py": Path(whole_columns.__file__).read_text(encoding="utf-8"),
        "functions.xcu": CONFIGURATION.format(xml=XML, service=SERVICE, functions=listed),
        "add-in.json": json.dumps(_settings(), indent=1) + "\n",
    }


def _method(function: Function) -> Method:
    """The UNO method of a function: any values in, and rows of cells out (one of one for a single value).

    But a text in rows of cells equals no other text in Calc (25.2): IF(LIQ_PRICE(...)="none",...) would be wrong.
    A function that may give a text for an answer returns one value therefore, and asks for single numbers where it
    can: where they are ranges, Calc then calls it for each.
    """
    if not gives_text(function):
        return Method(function.name, "[][]any", [(p.name, "any") for p in function.parameters])
    kinds = ("double" if must_be_single(p) else "any" for p in function.parameters)
    return Method(function.name, "any", [(p.name, k) for p, k in zip(function.parameters, kinds, strict=True)])


def gives_text(function: Function) -> bool:
    """Whether the result is one value and may be a text."""
    kind = function.returns.kind
    return kind in ("text", "any") or (kind == "number" and function.returns.allows_none)


def must_be_single(parameter: Parameter) -> bool:
    """Whether a function that gives a text can ask for one number: not if the argument may be omitted or "none"."""
    return parameter.kind == "number" and parameter.required and not parameter.allows_none


def _settings() -> dict:
    """What component.py must know: the Python to ask, the functions, Calc's error codes."""
    home = str(Path(xlhedge.__file__).resolve().parents[1])
    serve = "from xlhedge.hosts.office.worker import serve; serve(sys.stdin, sys.stdout)"
    return {
        "command": [sys.executable, "-P", "-c", f"import sys; sys.path.append({home!r}); {serve}"],
        "service": SERVICE,
        "interface": INTERFACE,
        "functions": {f.name: gives_text(f) for f in FUNCTIONS.values()},
        "version_function": "XLHEDGE_VERSION",
        "advice": ADVICE,
        "errors": CALC_CODES,
    }


def _function(function: Function) -> str:
    """The entry of a function: its name in Calc and in Excel's files, its help and its arguments."""
    # Calc sorts functions into groups of its own; what it does not know, it lists under Add-in.
    about = f"{function.summary} ({function.group})"
    return (
        f'  <node oor:name="{function.name}" oor:op="replace">\n'
        f"{_property('DisplayName', function.name)}{_property('CompatibilityName', function.name)}"
        f"{_property('Description', about)}"
        '   <prop oor:name="Category"><value>Add-In</value></prop>\n'
        f'   <node oor:name="Parameters">\n{"".join(map(_parameter, function.parameters))}   </node>\n'
        "  </node>"
    )


def _parameter(parameter: Parameter) -> str:
    texts = _property("DisplayName", parameter.name) + _property("Description", parameter.help())
    return f'    <node oor:name={quoteattr(parameter.name)} oor:op="replace">\n{texts}    </node>\n'


def _property(name: str, text: str) -> str:
    return f'   <prop oor:name="{name}"><value xml:lang="en">{escape(text)}</value></prop>\n'
