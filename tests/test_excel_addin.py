"""The built add-in: its VBA text, its file, its ribbon tab and its help."""

import re
import zipfile

import ooxml
import pytest
from defusedxml import ElementTree

from xlhedge import __version__
from xlhedge.hosts.excel import functions, help, ribbon, starting
from xlhedge.hosts.excel.modules import OPENING
from xlhedge.registry import FUNCTIONS

MODULES = {"xlhedge_python": starting.starting_module(), **functions.generated_modules()}

# Words that VBA keeps for itself (MS-VBAL 3.3.5.2), and so no argument may be called.
RESERVED = """
abs access addressof alias and any array as attribute boolean byref byte byval call case cbool cbyte ccur cdate cdbl cdec
cint circle clng clnglng clngptr close const csng cstr currency cvar cverr date debug decimal declare defbool defbyte
defcur defdate defdbl defint deflng defobj defsng defstr defvar dim do doevents double each else elseif empty end endif
enum eqv erase event exit false fix for friend function get global gosub goto if imp implements in input inputb int
integer is lbound len lenb let like lineinput lock long longlong longptr loop lset me mod name new next not nothing null
on open option optional or paramarray preserve print private pset public put raiseevent redim rem resume return rset
scale seek select set sgn shared single spc static step stop string sub tab then to true type typeof ubound unlock until
variant wend while with withevents write xor
""".split()

CONTROLS = {  # the elements of a ribbon (MS-CUSTOMUI2) that are used, their attributes and their children
    "customUI": ((), ("ribbon",)),
    "ribbon": ((), ("tabs",)),
    "tabs": ((), ("tab",)),
    "tab": (("id", "label"), ("group",)),
    "group": (("id", "label"), ("button",)),
    "button": (("id", "label", "size", "imageMso", "screentip", "supertip", "onAction"), ()),
}


@pytest.fixture(scope="module")
def addin(tmp_path_factory):
    pytest.importorskip("pyopenvba", reason="pyopenvba is missing (pip install pyopenvba)")
    from xlhedge.hosts.excel.addin import build_addin

    return build_addin(tmp_path_factory.mktemp("Ünïcode add-in"))[0]


@pytest.fixture(scope="module")
def parts(addin):
    with zipfile.ZipFile(addin) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_every_name_is_one_that_vba_allows():
    for function in FUNCTIONS.values():
        names = [function.name, *(p.name for p in function.parameters)]
        assert all(re.fullmatch(r"[A-Za-z]\w{0,254}", name) for name in names)
        assert not {name.lower() for name in names} & set(RESERVED)
        assert not re.fullmatch(r"[A-Z]{1,3}\d{1,7}|R\d*C\d*", function.name), "reads like the address of a cell"


@pytest.mark.parametrize("name, text", MODULES.items(), ids=list(MODULES))
def test_the_vba_keeps_within_the_limits_of_vba(name, text):
    assert text.isascii() and max(map(len, text.splitlines())) <= 1023
    continued = re.findall(r"(?:[^\n]* _\n)+", text)
    assert max((lines.count("\n") for lines in continued), default=0) <= 24
    assert max(map(len, re.split(r"End (?:Sub|Function)", text))) < 20000, (
        "a procedure is limited to 64 kB when compiled"
    )
    assert max(map(len, re.findall(r'"((?:[^"]|"")*)"', text)), default=0) <= 255


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_keeps_within_the_limits_of_excel(name):
    """60 arguments, 255 characters for each text of the wizard; and VBA's own limits for the lines that say so."""
    function = FUNCTIONS[name]
    assert len(name) <= 64, f"the name {name} is {len(name)} characters long: Excel allows 64"
    count = len(function.parameters)
    assert count <= 60, f"{name} has {count} arguments: Excel allows 60; take one away or make lists of some"
    assert count <= 24, f"{name} has {count} arguments: its help has a line for each, of which VBA continues 24"
    assert len(function.summary) <= 255, (
        f"the summary of {name} has {len(function.summary)} characters: Excel shows 255, so put the rest into its notes"
    )
    for parameter in function.parameters:
        told = parameter.help()
        assert len(told) <= 255, (
            f"the help of {name}'s {parameter.name} has {len(told)} characters: Excel shows 255, so shorten its meaning: {told}"
        )
    declared = functions._function(function).splitlines()
    longest = max(map(len, declared))
    assert longest <= 1023, (
        f"the VBA of {name} has a line of {longest} characters: VBA allows 1,023; shorten its arguments"
    )


def test_every_function_has_its_line_and_its_help():
    for name, function in FUNCTIONS.items():
        assert f'    {name} = CallPython("{name}", Array(' in MODULES["xlhedge_functions"]
        (described,) = re.findall(rf'    Describe "{name}",.*?\)$', MODULES["xlhedge_help"], re.S | re.M)
        assert described.count(" _\n") == len(function.parameters)


def test_olevba_reads_every_module_back(addin):
    olevba = pytest.importorskip("oletools.olevba", reason="oletools is missing (pip install oletools)")
    from xlhedge.hosts.excel.addin import vba_modules

    parser = olevba.VBA_Parser(str(addin))
    found = {name: code for _, _, name, code in parser.extract_all_macros()}
    parser.close()
    assert set(found) == {
        "ThisWorkbook.cls",
        "Sheet1.cls",
        *(f"{name}.bas" for name in MODULES),
    }
    for name, text in vba_modules().items():
        assert found[f"{name}.bas"].rstrip("\r\n") == text.rstrip("\r\n")
    for code in found.values():
        assert not re.search(r"(?<!\r)\n", code)
    assert "Private Sub Workbook_Open()" in found["ThisWorkbook.cls"]


def test_the_file_says_that_it_is_an_addin(parts):
    types = parts["[Content_Types].xml"].decode()
    assert 'PartName="/xl/workbook.xml" ContentType="application/vnd.ms-excel.addin.macroEnabled.main+xml"' in types
    assert 'Extension="bin" ContentType="application/vnd.ms-office.vbaProject"' in types
    assert all(part.startswith("[") or f'Extension="{part.rsplit(".")[-1]}"' in types for part in parts)
    assert b'sheet name="xlhedge.conf"' in parts["xl/workbook.xml"]
    assert b'Target="customUI/customUI14.xml"' in parts["_rels/.rels"]


def test_the_validator_finds_nothing(addin):
    assert ooxml.validate(addin) == []


def test_the_same_versions_give_the_same_bytes(addin):
    from xlhedge.hosts.excel.addin import addin_bytes

    assert addin_bytes() == addin.read_bytes()


def test_the_addin_knows_its_versions(addin):
    from xlhedge.hosts.excel.reading import addin_settings

    assert addin_settings(addin)["XLHEDGE VERSION"] == __version__
    assert addin_settings(addin)["XLWINGS VERSION"] == starting.xlwings_version()
    assert addin_settings(__file__) == {}


def test_the_ribbon_is_of_documented_elements_and_its_macros_exist(parts):
    root = ElementTree.fromstring(parts["customUI/customUI14.xml"])
    names = [each.get("id") for each in root.iter() if each.get("id")]
    assert len(names) == len(set(names))
    for element in root.iter():
        attributes, children = CONTROLS[element.tag.removeprefix(f"{{{ribbon.NAMESPACE}}}")]
        assert set(element.attrib) <= set(attributes)
        assert {child.tag.removeprefix(f"{{{ribbon.NAMESPACE}}}") for child in element} <= set(children)
        assert all(len(element.get(name, "")) <= 1024 for name in attributes)
        if element.get("onAction"):
            assert f"Public Sub {element.get('onAction')}(control As IRibbonControl)" in ribbon.RIBBON_MODULE
    wanted = [
        "Insert function",
        "Recalculate",
        "Open template",
        "Refresh prices",
        "New scenario set",
        "Run checks",
        "Repair links",
        "Help",
        "About",
    ]
    assert [each.get("label") for each in root.iter(f"{{{ribbon.NAMESPACE}}}button")] == wanted


def test_intellisense_beside_and_inside_the_addin(addin, parts):
    text = addin.with_name("xlhedge.intellisense.xml").read_bytes()
    assert parts["customXml/item1.xml"] == text
    space = f"{{{help.INTELLISENSE}}}"
    found = {f.get("Name"): [a.get("Name") for a in f] for f in ElementTree.fromstring(text).iter(f"{space}Function")}
    assert found == {name: [p.name for p in function.parameters] for name, function in FUNCTIONS.items()}


def test_the_help_page_lists_every_function(addin):
    page = addin.with_name("xlhedge-functions.html").read_text(encoding="utf-8")
    assert all(f'<h2 id="{name}">' in page for name in FUNCTIONS)
    ElementTree.fromstring(page.replace("<!DOCTYPE html>", "").replace('<meta charset="utf-8">', ""))


def test_the_template_is_a_sound_workbook(addin):
    from xlhedge.ooxml.lint import lint

    assert lint(addin.with_name("xlhedge-template.xlsx")) == []


def test_no_workbook_is_asked_for_the_settings_and_no_folder_comes_on_the_path():
    text = starting.starting_module()
    (body,) = re.findall(r"\nPublic Function Setting\(.*?\nEnd Function", text, re.S)
    assert "ThisWorkbook.Worksheets(1)" in body and "ActiveWorkbook" not in text and "PYTHONPATH" not in text


def test_the_command_that_starts_python():
    """The interpreter itself, isolated: no command window, which would never end and keep the DLL waiting."""
    python, server = "C:\\a b\\pythonw.exe", "C:\\Users\\J M\\.xlhedge\\server.py"
    wanted = f'"{python}" -P -B "{server}" $(CLSID)'
    assert starting.server_command(python, server) == wanted
    (line,) = re.findall(r"ActivateServer\(answer, (.*), START\)", starting.starting_module())
    literals = [text.replace('""', '"') for text in re.findall(r'"((?:[^"]|"")*)"', line)]
    assert line.count(" & ") == 4 and "".join([literals[0], python, literals[1], server, literals[2]]) == wanted


def test_the_addin_names_the_dll_of_the_installed_xlwings():
    text, version = starting.starting_module(), starting.xlwings_version()
    assert set(re.findall(r"xlwings\d\d-[\d.]+\.dll", text)) == {f"xlwings{bits}-{version}.dll" for bits in (32, 64)}


def test_an_addin_for_a_computer_names_its_python_server_and_template():
    from xlhedge.hosts.excel.addin import settings

    places = {"INTERPRETER": "C:\\p\\pythonw.exe", "SERVER": "C:\\s\\server.py", "TEMPLATE": "C:\\s\\t.xlsx"}
    assert settings(places) == {**settings(), **places}


def test_what_scanners_say(addin):
    """Counted so that it does not grow: what makes an add-in look like malware keeps it out of a company."""
    olevba = pytest.importorskip("oletools.olevba", reason="oletools is missing (pip install oletools)")
    mraptor = pytest.importorskip("oletools.mraptor", reason="oletools is missing (pip install oletools)")
    from xlhedge.hosts.excel.addin import vba_modules

    text = "\n".join(vba_modules().values())
    parser = olevba.VBA_Parser(str(addin))
    found = [(kind, word) for kind, word, _ in parser.analyze_macros() if kind in ("AutoExec", "Suspicious", "IOC")]
    parser.close()
    raptor = mraptor.MacroRaptor(text + OPENING)
    raptor.scan()
    assert raptor.get_flags() == "A-X"  # opens with Excel and runs a program, which is its trade; writes nothing
    assert {word.lower() for kind, word in found if kind == "AutoExec"} == {"workbook_open"}
    assert {word.lower() for kind, word in found if kind == "Suspicious"} <= {
        "open", "output", "run", "call", "lib", "hex strings", "base64 strings",
    }  # fmt: skip
    procedures = re.findall(r"^(?:Public |Private )?(?:Sub|Function) (\w+)", MODULES["xlhedge_python"], re.M)
    assert procedures == ["StartedPython", "ReasonOf", "ChosenReason", "Setting", "IsFile", "FolderOf", "ShowStatus"]
