// In Node.js: install wheels into Pyodide without a network, run a Python file there and print what it prints.
//     node examples.mjs PYODIDE_FOLDER PYTHON_FILE WHEEL ...      (micropip's wheel first)
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";

const [folder, program, micropip, ...wheels] = process.argv.slice(2);
const { loadPyodide } = await import(join(folder, "node_modules/pyodide/pyodide.mjs"));
const python = await loadPyodide();
const bytes = (path) => new Uint8Array(readFileSync(path));

python.unpackArchive(bytes(micropip), "whl");
for (const wheel of wheels) {
  python.FS.writeFile(`/tmp/${basename(wheel)}`, bytes(wheel));
  await python.runPythonAsync(`import micropip; await micropip.install("emfs:/tmp/${basename(wheel)}", deps=False)`);
}
await python.runPythonAsync(readFileSync(program, "utf8"));
