"""The command line: `casework`, one command or group of commands a module."""

import click

from casework.app import log_to
from casework.cli.audit import audit
from casework.cli.calendars import calendar, clock
from casework.cli.call import call
from casework.cli.channels import channel
from casework.cli.console import Commands, Console
from casework.cli.database import database, roles
from casework.cli.demo import demo
from casework.cli.doctor import doctor
from casework.cli.keys import keys
from casework.cli.organisations import org
from casework.cli.outbox import outbox, post
from casework.cli.payments import payment
from casework.cli.people import token, user
from casework.cli.reports import report
from casework.cli.rules import policy, workflow
from casework.cli.serve import scheduler, serve, web
from casework.cli.sheets import profile
from casework.cli.sweep import sweep
from casework.rules.text import LANGUAGES, Language


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--language", type=click.Choice(LANGUAGES), help="How to speak; as the terminal does (LANG) unless said.")
@click.pass_context
def main(ctx: click.Context, language: Language | None) -> None:
    """Case management for hardship assistance and legal aid.

    Results go to standard output and messages to standard error. Environment: CASEWORK_ENV, CASEWORK_DATABASE_URL,
    CASEWORK_HOME, CASEWORK_CONFIG, CASEWORK_SECRET_KEY, CASEWORK_ENCRYPTION_KEYS, CASEWORK_SMTP_PASSWORD,
    CASEWORK_METRICS_TOKEN, PORT.
    """
    log_to()
    ctx.obj = Console(language)


for _command in (
    call,
    serve,
    web,
    scheduler,
    database,
    roles,
    keys,
    demo,
    org,
    user,
    profile,
    token,
    workflow,
    policy,
    calendar,
    clock,
    sweep,
    post,
    outbox,
    channel,
    report,
    payment,
    audit,
    doctor,
):
    main.add_command(_command)
