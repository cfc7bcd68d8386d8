"""What every command has: the settings, the language, results and messages, and the sentence when it cannot go on."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, tzinfo
from functools import cached_property
from typing import Any

import click

from casework.embedded import NoServer
from casework.rules.calendars import BadCalendar
from casework.rules.clocks import Limit
from casework.rules.grammar import BadWorkflow
from casework.rules.refusals import Invalid, Refusal
from casework.rules.text import Language, Text
from casework.settings import BadSettings, Settings, of_terminal
from casework.work.admin_files import BadFile
from casework.work.report_table import width
from casework.work.workflow_registry import ChangedWorkflow

_SENTENCES = (Refusal, BadCalendar, BadFile, BadSettings, NoServer)
_NO_DATE = Text(
    "{value} 不是日期。请写 2026-03-02 或 2026-03-02T09:00+08:00。",
    "{value} is no date. Write 2026-03-02 or 2026-03-02T09:00+08:00.",
)
_NO_LIMIT = Text("{value} 不是可用的时长。请写 5wd、7d、8wh、2h、30m、6mo 或 1y。", "{wrong}.")
# What a programmer has to mend.
_OURS = (ChangedWorkflow, BadWorkflow)


class Console:
    """The settings and the language of one command, and how it speaks."""

    def __init__(self, language: Language | None = None) -> None:
        self.language: Language = language or of_terminal()
        """The one asked for, else the terminal's. What the service itself sends is in the office's language."""

    @cached_property
    def settings(self) -> Settings:
        """The settings of this process; raises BadSettings."""
        return Settings.load()

    def tell(self, text: Text, **parameters: Any) -> None:
        """A result, on standard output."""
        click.echo(text.in_(self.language, **parameters))

    def note(self, text: Text, **parameters: Any) -> None:
        """A message, on standard error."""
        click.echo(text.in_(self.language, **parameters), err=True)

    @contextmanager
    def progress(self, text: Text, cases: int) -> Iterator[Callable[[int], object]]:
        """A bar on standard error that is moved on by so many more cases; where no person looks, the text alone."""
        label = text.in_(self.language, cases=cases)
        with click.progressbar(length=cases, label=label, file=sys.stderr, show_eta=True) as bar:
            yield bar.update

    def table(self, titles: tuple[Text, ...], rows: list[tuple[object, ...]]) -> None:
        """Aligned columns under their titles, on standard output."""
        lines = [[title.in_(self.language) for title in titles], *([str(cell) for cell in row] for row in rows)]
        widths = [max(map(width, column)) for column in zip(*lines, strict=True)]
        for line in lines:
            cells = [cell + " " * (wide - width(cell)) for cell, wide in zip(line, widths, strict=True)]
            click.echo("  ".join(cells).rstrip())


pass_console = click.make_pass_decorator(Console)


class Cannot(click.ClickException):
    """The command cannot go on: a sentence on standard error and exit status 1."""

    def show(self, file: Any = None) -> None:
        """The sentence alone."""
        click.echo(self.message, err=True)


class Commands(click.Group):
    """The commands; whatever a person can cause ends in a sentence, what is our fault in a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was asked for."""
        try:
            return super().invoke(ctx)
        except Invalid as error:
            raise Cannot(
                "\n".join(f"{fault.path}: {fault.text.in_(_language(ctx))}" for fault in error.faults)
            ) from error
        except _SENTENCES as error:
            raise Cannot(error.text.in_(_language(ctx))) from error
        except _OURS as error:
            raise Cannot(str(error)) from error


def _language(ctx: click.Context | None) -> Language:
    console = ctx.find_object(Console) if ctx else None
    return console.language if console else of_terminal()


class Instant(click.ParamType[date]):
    """A date, which stands for its beginning, or a date with a time."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date | datetime:
        """What was written; without an offset it is meant in the office's zone."""
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value) if len(value) == 10 else datetime.fromisoformat(value)
        except ValueError:
            self.fail(_NO_DATE.in_(_language(ctx), value=repr(value)), param, ctx)


def instant_in(zone: tzinfo, value: date | datetime) -> datetime:
    """What an `Instant` stands for in a zone, as an aware datetime."""
    at = value if isinstance(value, datetime) else datetime.combine(value, time())
    return at if at.tzinfo else at.replace(tzinfo=zone)


class LimitType(click.ParamType[Limit]):
    """A limit such as 5wd."""

    name = "limit"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Limit:
        """The limit that was written."""
        try:
            return value if isinstance(value, Limit) else Limit.parse(value)
        except ValueError as wrong:
            self.fail(_NO_LIMIT.with_(value=repr(value), wrong=wrong).in_(_language(ctx)), param, ctx)
