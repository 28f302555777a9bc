"""`xlhedge check` on workbooks that were tampered with: each planted fault is found, and nothing else."""

import re
import shutil
import zipfile

import pytest
from books import build_sample, loaded
from click.testing import CliRunner
from one_sheet import sample as portfolio
from openpyxl import load_workbook

from xlhedge import check
from xlhedge.check import check_workbook
from xlhedge.cli import main
from xlhedge.hosts import calc
from xlhedge.portfolio.scenarios import Scenario
from xlhedge.workbook.file.writer import write
from xlhedge.workbook.model import build_model


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    return build_sample(2, tmp_path_factory.mktemp("sample"))


def patched(path, folder, part: str, pattern: str, replacement: str):
    """A copy of a workbook with one part of its XML, or one sheet, changed once."""
    copy = folder / "patched.xlsx"
    sheets = load_workbook(path, read_only=True).sheetnames
    if part in sheets:
        part = f"xl/worksheets/sheet{sheets.index(part) + 1}.xml"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED) as target:
        for member in source.infolist():
            data = source.read(member)
            if member.filename == part:
                data, count = re.subn(pattern, replacement, data.decode(), count=1, flags=re.DOTALL)
                assert count == 1, f"nothing to patch in {part}"
                data = data.encode()
            target.writestr(member, data)
    return copy


PLAN, CHECKS, ALLOCATION = "Hedge plan", "Checks", "Allocation"
CELL = r'(<c r="{}"[^>]*><f>)([^<]*)(</f><v>)([^<]*)(</v>)'

TAMPERED = [
    ("wrong cached value", PLAN, CELL.format("C7"), r"\g<1>\2\g<3>-1\5", "value: Hedge plan!C7"),
    ("wrong formula", PLAN, CELL.format("C7"), r"\g<1>\2*2\3\4\5", "formula: Hedge plan!C7: was changed: holds =ABS($D33)*2 in place of =ABS($D33)"),
    ("formula replaced by a number", ALLOCATION, r'<c r="C8"( s="\d+")?><f>[^<]*</f><v>[^<]*</v>', r'<c r="C8"\1><v>0.5</v>',
     "formula: Allocation!C8: was changed: holds 0.5 in place of =IF("),
    ("error value", PLAN, r'<c r="C7"([^>]*)><f>([^<]*)</f><v>[^<]*</v>', r'<c r="C7"\1 t="e"><f>\2</f><v>#NUM!</v>',
     "error value: Hedge plan!C7: shows #NUM!"),
    ("own check fails", CHECKS, r'<c r="F8"([^>]*)><f>([^<]*)</f><v>1</v>', r'<c r="F8"\1><f>\2</f><v>0</v>', "check: Checks!F8"),
    ("no mark", "docProps/core.xml", r"<dc:description>[^<]*</dc:description>", "", "note: version: not written by xlhedge"),
    ("older version", "docProps/core.xml", r"xlhedge \S+ native", "xlhedge 0.0.1 native", "note: version: written by xlhedge 0.0.1"),
    ("sheet of another layout", "Monitor", "<t>Typed</t>", "<t>Mine</t>", "input: patched.xlsx Monitor Typed: is not on the sheet"),
    ("external link", "xl/_rels/workbook.xml.rels", r"</Relationships>",
     '<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/externalLink" '
     'Target="externalLinks/externalLink1.xml"/></Relationships>', "file: "),
]  # fmt: skip


AMBER = {
    f"{line}: says FALSE" for line in ("and nothing amber is to be known", "The margin of every open position is told")
}
"""What the sample's own Checks note: its open position comes without a margin."""


@pytest.mark.parametrize("engine", ["LibreOffice", "formualizer"])
def test_an_untouched_workbook_is_clean(sample, monkeypatch, engine):
    use(engine, monkeypatch)
    findings = check_workbook(sample)
    assert [str(finding) for finding in findings if not finding.is_note] == []
    assert {finding.text for finding in findings} == AMBER


@pytest.mark.parametrize("name,part,pattern,replacement,found", TAMPERED, ids=[row[0] for row in TAMPERED])
def test_planted_faults_are_found(sample, tmp_path, monkeypatch, name, part, pattern, replacement, found):
    use("formualizer", monkeypatch)
    told = [str(finding) for finding in check_workbook(patched(sample, tmp_path, part, pattern, replacement))]
    assert any(line.startswith(found) for line in told), told


def test_a_wrong_value_and_a_wrong_formula_are_told_apart_by_calc(sample, tmp_path, monkeypatch):
    use("LibreOffice", monkeypatch)
    wrong_value = check_workbook(patched(sample, tmp_path, *TAMPERED[0][1:4]))
    wrong_formula = check_workbook(patched(sample, tmp_path, *TAMPERED[1][1:4]))
    assert {finding.kind for finding in wrong_value if not finding.is_note} == {"value"}
    assert {finding.kind for finding in wrong_formula} >= {"formula"}


def use(engine: str, monkeypatch) -> None:
    """Recalculate with one of the two engines."""
    if engine == "formualizer":
        monkeypatch.setattr(calc, "find", lambda: None)
    elif calc.find() is None:
        from ooxml import missing

        missing("LibreOffice", "bash install/calc.sh")


def test_no_engine_is_told_as_a_note(sample, monkeypatch):
    monkeypatch.setattr(check, "engine", lambda: None)
    findings = check_workbook(sample)
    assert all(finding.is_note for finding in findings)
    assert "neither LibreOffice nor formualizer" in str(findings[-1]) and len(findings) == len(AMBER) + 1


def test_a_user_edit_of_an_input_is_no_fault(sample, tmp_path, monkeypatch):
    """Edited in a spreadsheet program and saved with new values: only the recalculation is asked."""
    use("LibreOffice", monkeypatch)
    edited = tmp_path / "edited.xlsx"
    with calc.Calc() as running, running.open(sample) as book:
        book.set("Inputs", "D8", 3100.0)
        book.recalculate()
        book.save(edited)
    kinds = {finding.kind for finding in check_workbook(edited)}
    assert "value" not in kinds and "error value" not in kinds


def test_command_line(sample, tmp_path, monkeypatch):
    use("formualizer", monkeypatch)
    good = CliRunner().invoke(main, ["check", str(sample)])
    assert (good.exit_code, good.stderr) == (0, "") and "nothing wrong" in good.stdout
    bad = CliRunner().invoke(main, ["check", str(patched(sample, tmp_path, *TAMPERED[0][1:4]))])
    assert bad.exit_code == 4 and "Hedge plan!C7" in bad.stdout
    nowhere = CliRunner().invoke(main, ["check", str(tmp_path / "no.xlsx")])
    assert nowhere.exit_code == 2 and "there is no such file" in nowhere.stderr
    other = tmp_path / "other.xlsx"
    shutil.copy(__file__, other)
    damaged = CliRunner().invoke(main, ["check", str(other)])
    assert damaged.exit_code == 4 and "Traceback" not in damaged.output


def test_somebody_elses_workbook(tmp_path, monkeypatch):
    use("formualizer", monkeypatch)
    book = load_workbook(build_sample(0, tmp_path))
    book.properties.description = None
    book.save(tmp_path / "plain.xlsx")  # openpyxl drops the cached values
    told = [str(finding) for finding in check_workbook(tmp_path / "plain.xlsx")]
    assert any(line.startswith("file: no cached value is in any of ") for line in told), told


@pytest.mark.parametrize("engine", ["LibreOffice", ""])
def test_a_workbook_saved_without_values_is_told_once(sample, tmp_path, monkeypatch, engine):
    """openpyxl drops all values; the formula that is written over is still seen, and the values are those of the recalculation."""
    use(engine, monkeypatch) if engine else monkeypatch.setattr(check, "engine", lambda: None)
    count = sum(cell.data_type == "f" for page in loaded(sample) for row in page.iter_rows() for cell in row)
    book = load_workbook(sample)
    book[ALLOCATION]["C8"], book[CHECKS]["A8"] = 0.5, "=1+1"
    book.save(tmp_path / "bare.xlsx")
    findings = check_workbook(tmp_path / "bare.xlsx")
    assert [str(finding) for finding in findings if not finding.is_note] == [
        f"file: no cached value is in any of {count:,} formulas: the file was saved by a program that does not calculate; open it "
        "in Excel or LibreOffice and save it",
        "formula: Allocation!C8: was changed: holds 0.5 in place of =IF(Inputs!$D9>0,Inputs!$D9,1)",
    ]
    notes = [finding.text for finding in findings if finding.is_note and finding.kind == "check"]
    assert {*notes} == (AMBER | {"Every asset reaches its target: says FALSE"} if engine else set())


FILLED = {  # what each blank row of a table is given, by the names of what is typed: {} is the number of the row
    "Inputs": {"asset": "X{}", "coins": 1.0, "price": 10.0},
    "Positions": {"asset": "BTC", "contract": "bybit BTCUSD", "account": "a{}"},
    "Contracts": {"key": "desk C{}", "coin": "BTC", "face": 10.0},
    "Tiers": {"key": "desk C0", "start": "{}", "rate": 0.02},
    "Stress": {"scenario": "Own {}", "other": -0.1},
    "Night": {"scenario": "Own {}", "other": -0.2},
    "Monitor": {"position": "BTC bybit BTCUSD", "fee": 0.001},
}


def test_rows_typed_to_the_end_of_a_table_change_no_formula(tmp_path, monkeypatch):
    """A workbook is compared with one that has as many rows in each table, not with the larger one that would be built now."""
    monkeypatch.setattr(check, "engine", lambda: None)
    model = build_model(portfolio(2), scenarios={"Night": (Scenario("Dark", {}, -0.3),)})
    write(model, tmp_path / "book.xlsx")
    book = load_workbook(tmp_path / "book.xlsx")
    for sheet, row in FILLED.items():
        page, columns = book[sheet], {b.typed: b for b in model.sheets[sheet].blocks if b.typed in row}
        head = columns[next(iter(row))]
        blank = [i for i in range(head.shape[0]) if page.cell(head.row + i, head.column).value is None]
        for number, i in enumerate(blank):
            for name, value in row.items():
                value = value.format(number) if isinstance(value, str) else value
                page.cell(head.row + i, columns[name].column).value = float(value) if name == "start" else value
        assert blank, sheet
    book.save(tmp_path / "book.xlsx")
    told = [str(finding) for finding in check_workbook(tmp_path / "book.xlsx") if finding.kind in ("formula", "input")]
    assert told == []
