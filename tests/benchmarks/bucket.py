"""Batch runs into a bucket against runs into a folder: python tests/benchmarks/bucket.py [PORTFOLIOS]

Needs: pip install s3fs "moto[s3]" flask flask-cors. moto's server speaks S3 on loopback. Prints the seconds of both, and
fails unless the bytes are the same, also of a run into the bucket that is killed and completed.
"""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import boto3

sys.path.insert(0, str(Path(__file__).parents[1]))

from batches import holdings, start, tree  # noqa: E402

KEYS = {"AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_DEFAULT_REGION": "us-east-1"}


def serve() -> subprocess.Popen:
    """Start the server with a bucket named desk; what is started later finds it by the environment."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    server = subprocess.Popen([sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)], **quiet)
    os.environ.update(KEYS, AWS_ENDPOINT_URL=f"http://127.0.0.1:{port}")
    until = time.monotonic() + 60
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            break
        except OSError:
            assert server.poll() is None and time.monotonic() < until, "moto's server did not start"
            time.sleep(0.1)
    boto3.client("s3").create_bucket(Bucket="desk")
    return server


def objects(folder: str) -> dict[str, bytes]:
    """Every object below a folder with its bytes."""
    client, found = boto3.client("s3"), []
    for page in client.get_paginator("list_objects_v2").paginate(Bucket="desk", Prefix=f"{folder}/"):
        found += [each["Key"] for each in page.get("Contents", ())]
    return {key.removeprefix(f"{folder}/"): client.get_object(Bucket="desk", Key=key)["Body"].read() for key in found}


def finished(*arguments: object) -> tuple[int, str, float]:
    begun, run = time.monotonic(), start(*arguments)
    _, told = run.communicate()
    return run.returncode, told, time.monotonic() - begun


def main(count: int, folder: Path) -> None:
    given, out = holdings(folder / "holdings.csv", count, "Bad,BTC,x,60000,bybit,20%\n"), folder / "out"
    for place in (out, "s3://desk/night"):
        code, told, seconds = finished(given, "--out", place, "--jobs", 2)
        assert code == 3, told
        print(
            f"{str(place).replace(str(folder), '')}: {count} workbooks in {seconds:.1f} s, flushed or sent one by one"
        )
    assert objects("night") == tree(out), "the bucket differs from the folder"
    code, told, _ = finished(given, "--out", "s3://desk/night")
    assert code == 2 and "holds an earlier run; --resume completes it" in told, told

    run = start(given, "--out", "s3://desk/killed", "--jobs", 1)
    while not any(name.endswith(".xlsx") for name in objects("killed")):
        assert run.poll() is None, run.communicate()
    os.kill(run.pid, signal.SIGSTOP)
    code, told, _ = finished(given, "--out", "s3://desk/killed", "--resume")
    assert code == 2 and f"another xlhedge batch is writing here (process {run.pid} on " in told, told
    run.kill()
    run.communicate()
    assert "manifest.json" not in objects("killed")
    code, told, _ = finished(given, "--out", "s3://desk/killed", "--resume")
    assert code == 3 and "was killed; its lock is taken over" in told, told
    assert objects("killed") == tree(out), "the completed run differs from the folder"
    print("the bucket holds what the folder holds, also after a run that was killed and completed")


if __name__ == "__main__":
    server = serve()
    try:
        with tempfile.TemporaryDirectory() as there:
            main(int(sys.argv[1]) if len(sys.argv) > 1 else 100, Path(there))
    finally:
        server.kill()
        server.wait()
