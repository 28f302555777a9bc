"""Batch runs into a bucket: s3fs against moto's server, which speaks S3 on loopback; one run is killed."""

import os
import signal
import socket
import subprocess
import sys
import time

import pytest
from batches import batch, holdings, start, tree

boto3 = pytest.importorskip("boto3")
COUNT = 40
KEYS = {"AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_DEFAULT_REGION": "eu-central-1"}


@pytest.fixture(scope="module")
def bucket():
    """A client of a new bucket named desk; the processes that are started find its server by their environment."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    url = f"http://127.0.0.1:{port}"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    server = subprocess.Popen([sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", port], **quiet)
    until = time.monotonic() + 60
    while True:
        try:
            socket.create_connection(("127.0.0.1", int(port)), 1).close()
            break
        except OSError:
            assert server.poll() is None and time.monotonic() < until, "moto's server did not start"
            time.sleep(0.1)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {**KEYS, "AWS_ENDPOINT_URL": url}.items():
            patch.setenv(name, value)
        client = boto3.client("s3")
        client.create_bucket(Bucket="desk", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
        yield client
    server.kill()
    server.wait()


@pytest.fixture(scope="module")
def given(tmp_path_factory):
    return holdings(tmp_path_factory.mktemp("given") / "holdings.csv", COUNT, "Bad,BTC,x,60000,bybit,20%\n")


def objects(bucket, folder: str) -> dict[str, bytes]:
    """Every object below a folder with its bytes."""
    found = bucket.list_objects_v2(Bucket="desk", Prefix=f"{folder}/").get("Contents", ())
    keys = [each["Key"] for each in found]
    return {key.removeprefix(f"{folder}/"): bucket.get_object(Bucket="desk", Key=key)["Body"].read() for key in keys}


def finished(run) -> tuple[int, str]:
    _, told = run.communicate(timeout=120)
    return run.returncode, told


def test_a_bucket_gets_what_a_folder_gets(bucket, given, tmp_path):
    code, told = finished(start(given, "--out", "s3://desk/night", "--jobs", 2))
    assert code == 3, told
    batch(given, "--out", tmp_path / "out", "--jobs", 1, code=3)
    assert objects(bucket, "night") == tree(tmp_path / "out")
    code, told = finished(start(given, "--out", "s3://desk/night"))
    assert code == 2 and "s3://desk/night: holds an earlier run; --resume completes it" in told


def test_a_killed_run_is_completed_to_the_same_bytes(bucket, given, tmp_path):
    run = start(given, "--out", "s3://desk/killed", "--jobs", 1)
    until = time.monotonic() + 60
    while not any(name.endswith(".xlsx") for name in objects(bucket, "killed")):
        assert run.poll() is None and time.monotonic() < until, finished(run)
    os.kill(run.pid, signal.SIGSTOP)
    code, told = finished(start(given, "--out", "s3://desk/killed", "--resume"))
    assert code == 2 and f"another xlhedge batch is writing here (process {run.pid} on " in told
    run.kill()
    finished(run)
    assert "manifest.json" not in objects(bucket, "killed")
    code, told = finished(start(given, "--out", "s3://desk/killed", "--resume"))
    assert code == 3 and "was killed; its lock is taken over" in told
    batch(given, "--out", tmp_path / "out", "--jobs", 1, code=3)
    assert objects(bucket, "killed") == tree(tmp_path / "out")
