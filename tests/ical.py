"""Reading a calendar as RFC 5545 writes one, and refusing everything else."""

import re
from datetime import date, datetime
from typing import Any, Final

_LINE: Final = re.compile(r"(?P<name>[A-Z-]+)(?P<parameters>(?:;[A-Z]+=[^;:]+)*):(?P<value>.*)", re.DOTALL)
_ESCAPE: Final = re.compile(r"\\([\\;,nN])")
_TEXT: Final = ("SUMMARY", "NAME", "X-WR-CALNAME")


def parsed(raw: bytes) -> tuple[dict[str, str], list[dict[str, Any]]]:
    """What a calendar says of itself, and its events by property; raises `AssertionError` for what is no calendar."""
    assert raw.endswith(b"\r\n")
    lines = raw[:-2].split(b"\r\n")
    assert not [line for line in lines if b"\n" in line or b"\r" in line]
    assert max(map(len, lines)) <= 75
    # Each piece by itself is UTF-8, as many programs read line by line.
    unfolded: list[str] = []
    for line in (one.decode() for one in lines):
        if line.startswith(" "):
            unfolded[-1] += line[1:]
        else:
            unfolded.append(line)
    assert (unfolded[0], unfolded[-1]) == ("BEGIN:VCALENDAR", "END:VCALENDAR")
    head: dict[str, str] = {}
    events: list[dict[str, Any]] = []
    into: dict[str, Any] = head
    for line in unfolded[1:-1]:
        found = _LINE.fullmatch(line)
        assert found, line
        name, parameters, value = found["name"], found["parameters"], found["value"]
        if line == "BEGIN:VEVENT":
            assert into is head
            into = {}
        elif line == "END:VEVENT":
            events.append(into)
            into = head
        else:
            assert name not in into, name
            into[name] = _value(name, parameters, value)
    assert into is head
    assert head["VERSION"] == "2.0"
    assert head["PRODID"]
    for one in events:
        assert {"UID", "DTSTAMP", "DTSTART"} <= one.keys()
    assert len({one["UID"] for one in events}) == len(events)
    return head, events


def _value(name: str, parameters: str, value: str) -> Any:
    if parameters == ";VALUE=DATE":
        return date(int(value[:4]), int(value[4:6]), int(value[6:])) if len(value) == 8 else None
    if name == "DTSTAMP":
        return datetime.strptime(value, "%Y%m%dT%H%M%S%z")
    if name in _TEXT:
        assert not re.search(r"(?<!\\)[;,]", _ESCAPE.sub("", value)), value
        return _ESCAPE.sub(lambda found: "\n" if found[1] in "nN" else found[1], value)
    return value
