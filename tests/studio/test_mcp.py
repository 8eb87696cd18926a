"""The MCP tools, by the MCP client."""

from __future__ import annotations

import asyncio
import base64
import io
import urllib.request
from typing import Any

import pytest
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client
from PIL import Image

from tests.loops import finished
from tests.strokes import OWN, canvas, data_url


@pytest.fixture
def mcp(app: str) -> str:
    """The address of the tools."""
    return f"{app}/gradio_api/mcp/"


def use(url: str, tool: str | None = None, **arguments: Any) -> Any:
    """What a tool answers; without a tool, which tools there are."""

    async def talk() -> Any:
        async with (
            streamable_http_client(url) as (reads, writes, _),
            ClientSession(reads, writes) as session,
        ):
            await session.initialize()
            if tool is None:
                return (await session.list_tools()).tools
            return await session.call_tool(tool, arguments)

    return finished(asyncio.wait_for(talk(), 60))


def test_the_tools_are_the_endpoints(mcp: str) -> None:
    tools = {tool.name: tool for tool in use(mcp)}
    assert set(tools) == {
        *("classify", "read_number", "generate", "mix"),
        *("write_number", "restyle", "interpolate", "info"),
    }
    for tool in tools.values():
        assert tool.description
    asked = tools["generate"].inputSchema["properties"]
    assert {"digit", "count", "seed", "temperature"} <= set(asked)


def test_a_picture_is_read(mcp: str) -> None:
    answer = use(mcp, "classify", image=data_url(canvas(OWN[7])))
    assert not answer.isError
    assert "'label': 7" in answer.content[0].text or '"label": 7' in answer.content[0].text


def test_digits_are_written(mcp: str) -> None:
    answer = use(mcp, "generate", digit=4, count=2, seed=1, temperature=1.0)
    assert not answer.isError, answer.content
    pictures = [part for part in answer.content if part.type == "image"]
    assert len(pictures) == 2
    for picture in pictures:
        with Image.open(io.BytesIO(base64.b64decode(picture.data))) as digit:
            assert digit.size == (28, 28)
    addresses = [part.text for part in answer.content if part.type == "text"]
    with urllib.request.urlopen(addresses[0].removeprefix("Image URL: ")) as file:
        assert file.headers["Content-Type"] == "image/png"


def test_what_is_drawn_and_what_follows_are_pictures_too(mcp: str) -> None:
    answer = use(mcp, "restyle", image=data_url(canvas(OWN[7])))
    assert [part.type for part in answer.content].count("image") == 10
    answer = use(mcp, "interpolate", start=3, end=8, steps=4, seed=1)
    assert not answer.isError, answer.content
    assert [part.type for part in answer.content].count("image") == 4 + 1  # and the film


def test_a_number_is_written(mcp: str) -> None:
    answer = use(mcp, "write_number", text="42", seed=1)
    assert not answer.isError, answer.content
    with Image.open(io.BytesIO(base64.b64decode(answer.content[0].data))) as number:
        assert number.height == 112


def test_a_bad_argument_is_one_sentence(mcp: str) -> None:
    answer = use(mcp, "generate", digit=11, count=1, seed=1, temperature=1.0)
    assert answer.isError
    assert "digit must be a whole number from 0 to 9" in answer.content[0].text
    assert "Traceback" not in answer.content[0].text
