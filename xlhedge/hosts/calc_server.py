"""The other side of calc.py, run by a Python that can import uno: JSON requests in, JSON answers out, one a line.

It passes each request on to calc_inside.py, which it has LibreOffice load. When its input closes (its parent is done,
or was killed) it ends LibreOffice, removes the profile folder and ends.
"""

import contextlib
import hashlib
import json
import os
import pathlib
import queue
import shutil
import signal
import subprocess
import sys
import threading
import time


def kill(pid):
    """Kill a process with all that it started; it leads a process group of its own."""
    if os.name == "nt":
        subprocess.run(["taskkill", "/F", "/T", "/PID", str(pid)], capture_output=True)
    else:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)


def ended(pid, patience):
    """Wait until a process group has ended by itself; its leader counts until its parent has taken note of its end."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if os.name == "posix":
            try:
                os.killpg(pid, 0)
            except ProcessLookupError:
                return True
        time.sleep(0.02)
    return False


def remove(folder):
    """Remove the profile of a LibreOffice that has ended and its two sockets, whose names follow from the profile's."""
    profile = pathlib.Path(folder)
    digest = hashlib.md5(profile.as_uri().encode("utf-16-le"), usedforsecurity=False).digest()
    single = "".join(f"{byte:x}" for byte in digest)  # as LibreOffice spells it, without leading zeros
    for name in (profile.name, f"SingleOfficeIPC_{single}") if os.name == "posix" else ():
        pathlib.Path(f"/tmp/OSL_PIPE_{os.getuid()}_{name}").unlink(missing_ok=True)
    for _ in range(20):
        shutil.rmtree(profile, ignore_errors=True)
        if not profile.exists():
            return
        time.sleep(0.1)  # what was killed a moment ago may still hold a file


class Connection:
    """The bridge to LibreOffice and the object of calc_inside.py that answers at its other end."""

    def __init__(self, pipe, patience):
        import uno

        self.uno = uno
        local = uno.getComponentContext()
        resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
        context = self.resolve(resolver, f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext", patience)
        self.desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
        loader = context.ServiceManager.createInstanceWithContext("com.sun.star.loader.Python", context)
        inside = pathlib.Path(__file__).resolve().with_name("calc_inside.py")
        factory = loader.activate("xlhedge.hosts.calc_inside", "", inside.as_uri(), None)
        self.requests = factory.createInstanceWithContext(context)

    @staticmethod
    def resolve(resolver, url, patience):
        """Return LibreOffice's component context as soon as it accepts connections."""
        end = time.monotonic() + patience
        while True:
            try:
                return resolver.resolve(url)
            except Exception:
                if time.monotonic() > end:
                    raise
                time.sleep(0.05)

    def ask(self, request):
        """Pass a request on and return the answer; the call itself fails only if LibreOffice is gone."""
        argument = self.uno.createUnoStruct("com.sun.star.beans.NamedValue")
        argument.Name, argument.Value = "request", request
        return self.requests.execute((argument,))

    def terminate(self):
        with contextlib.suppress(Exception):  # the connection breaks before the answer comes
            self.desktop.terminate()


def end(connection, pid, folder):
    """End LibreOffice, politely if it listens, then this process, whatever its main thread waits for."""
    polite = threading.Thread(target=connection.terminate if connection else str, daemon=True)
    polite.start()
    polite.join(2)
    if not connection or polite.is_alive() or not ended(pid, 3):
        kill(pid)
    remove(folder)
    os._exit(0)


def main(pid, folder, patience):
    """Serve requests to the LibreOffice with this process id and profile folder until the input closes."""
    out, requests, connection = os.fdopen(os.dup(1), "w", encoding="utf-8"), queue.SimpleQueue(), None
    os.dup2(2, 1)  # what libraries print must not get between the answers

    def read():
        for line in sys.stdin:
            requests.put(line)
        end(connection, int(pid), folder)

    def send(answer):
        out.write(answer + "\n")
        out.flush()

    threading.Thread(target=read, daemon=True).start()
    try:
        connection = Connection(pathlib.Path(folder).name, float(patience))
        send(connection.ask('{"do": "version"}'))
        while True:
            send(connection.ask(requests.get()))
    except Exception as error:
        send(json.dumps({"error": getattr(error, "Message", None) or str(error), "gone": True}))
        threading.Event().wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
