"""A DynamoDB that always has the same user: what a benchmark of our own side calls."""

import asyncio
import json
import multiprocessing
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection

ITEM = {
    "userId": {"S": "123"},
    "name": {"S": "John Doe"},
    "email": {"S": "john@example.com"},
    "createdAt": {"S": "2026-11-20T12:00:00.000Z"},
    "updatedAt": {"S": "2026-11-20T12:00:00.000Z"},
    "version": {"N": "1"},
}
_ANSWERS = {"GetItem": {"Item": ITEM}, "PutItem": {}, "TransactWriteItems": {}}


@contextmanager
def dynamodb_stub() -> Iterator[str]:
    """The URL of a stub in a process of its own, so that its work counts for nobody."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_run, args=(theirs,), daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{ours.recv()}"
    finally:
        process.terminate()
        process.join()


def _run(connection: Connection) -> None:
    asyncio.run(_serve(connection))


async def _serve(connection: Connection) -> None:
    server = await asyncio.start_server(_answer_all, "127.0.0.1", 0)
    connection.send(server.sockets[0].getsockname()[1])
    await server.serve_forever()


async def _answer_all(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer the requests of one connection until it is closed."""
    while head := await _read_head(reader):
        headers = dict(line.split(": ", 1) for line in head.split("\r\n")[1:] if line)
        headers = {name.lower(): value for name, value in headers.items()}
        await reader.readexactly(int(headers["content-length"]))
        writer.write(_answer(headers["x-amz-target"].rpartition(".")[2]))
        await writer.drain()
    writer.close()


async def _read_head(reader: asyncio.StreamReader) -> str:
    try:
        return (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except (asyncio.IncompleteReadError, ConnectionError):
        return ""


def _answer(operation: str) -> bytes:
    """With the checksum that DynamoDB sends and the SDK checks."""
    body = json.dumps(_ANSWERS[operation]).encode()
    lines = [
        "HTTP/1.1 200 OK",
        "Content-Type: application/x-amz-json-1.0",
        f"Content-Length: {len(body)}",
        f"x-amz-crc32: {zlib.crc32(body)}",
        "x-amzn-RequestId: BENCHMARK0000000000000000000000000000000000000000000",
        "\r\n",
    ]
    return "\r\n".join(lines).encode() + body
