"""`casework serve`, `web` and `scheduler`: the service, whole or in parts."""

import http.client
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final, NoReturn

import click

from casework import scheduler as clockwork
from casework.cli.console import Console, pass_console
from casework.cli.installation import Installation, installed, working
from casework.cli.process_keeper import Kept, Process, Server, Signals, asking
from casework.launch import bound
from casework.processes import web_command
from casework.records import cases
from casework.rules.refusals import Refusal
from casework.rules.text import Text
from casework.settings import Settings

_WEB_DRAIN_S: Final = 15.0
_SCHEDULER_DRAIN_S: Final = 5.0
_LONGEST_START_S: Final = 60.0
_READY = Text("服务已就绪：{address}", "The service is ready at {address}")
_ONE_CLICK = Text(
    "这是演示环境：打开上面的网址，选择“我是工作人员”，点一下身份即可登录。",
    'This is a demonstration: open that address, choose "I work here" and sign in as one of its users with a click.',
)
_STOP_WITH = Text("按 Ctrl-C 停止。", "Ctrl-C stops it.")
_STOPPING = Text("正在停止……", "Stopping …")
_TAKEN = Text(
    "无法使用 {host} 的端口 {port}（{why}）。请停止占用者，或另选端口：PORT=8001 make run（或 --port 8001）。",
    "Port {port} of {host} cannot be used ({why}). Stop what uses it, or choose another one: PORT=8001 make run, or"
    " --port 8001.",
)
_NO_START = Text("网页服务没有启动，原因见上。", "The web server did not start; what it said stands above.")
_NO_DEMO = Text("CASEWORK_ENV 为 {kind}，不载入演示数据。", "CASEWORK_ENV is {kind}, so no demonstration is loaded.")

_host = click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
_port = click.option("--port", type=click.IntRange(1, 65_535), help="The port; PORT or 8000 unless said.")
_workers = click.option("--workers", type=click.IntRange(1, 64), help="Web processes; the configuration says else.")


@click.command("serve")
@_host
@_port
@_workers
@click.option("--demo", is_flag=True, help="Load the demonstration office if there are no cases yet.")
@pass_console
def serve(console: Console, host: str, port: int | None, workers: int | None, demo: bool) -> None:
    """Run all of it on one machine until Ctrl-C: database, web server, scheduler."""
    settings = console.settings
    port = port or settings.port
    _leave_when_asked()
    with _reserved_port(host, port), installed(settings) as installation:
        installation.bring_up_to_date()
        environment = settings.environment(port, installation.app_url)
        if demo:
            _load_demo(console, installation, environment)
        time_process = Process("scheduler", _scheduler_command(), environment, drain_s=_SCHEDULER_DRAIN_S)
        web_process = _web_process(settings, environment, host, port, workers)
        _keep_running(console, installation, [web_process, time_process], host, port)


@click.command("web")
@_host
@_port
@_workers
@pass_console
def web(console: Console, host: str, port: int | None, workers: int | None) -> None:
    """Run the web server alone, for an installation of several machines."""
    settings = console.settings
    port = port or settings.port
    _leave_when_asked()
    with _reserved_port(host, port), working(settings), installed(settings) as installation:
        environment = settings.environment(port, installation.app_url)
        web_process = _web_process(settings, environment, host, port, workers)
        _keep_running(console, installation, [web_process], host, port)


@click.command("scheduler")
@pass_console
def scheduler(console: Console) -> None:
    """Run the scheduler alone; several may run at once."""
    with working(console.settings) as service:
        clockwork.run(service, console.settings)


def _scheduler_command() -> list[str]:
    return bound([sys.executable, "-m", "casework.cli", "scheduler"], ends_by=signal.SIGTERM)


def _web_process(settings: Settings, environment: dict[str, str], host: str, port: int, workers: int | None) -> Process:
    command = web_command(host, port, workers or settings.web.workers)
    return Process("web", command, environment, drain_s=_WEB_DRAIN_S)


def _leave_when_asked() -> None:
    """Until there is something to stop in order, a request to stop ends us as if we had come to the end."""

    def leave(*_: Any) -> NoReturn:
        raise SystemExit(0)

    for number in asking():
        signal.signal(number, leave)


@contextmanager
def _reserved_port(host: str, port: int) -> Iterator[None]:
    """Keep the port from other services of this kind from now on; raises a Refusal where nobody could listen there.

    It is looked at before a database is started. Between that and the start of the web server minutes may pass in which
    another service would find it free, and web processes share a port, so that each service would get half of the
    requests. So the port's name is held, in the network in which the port is: Linux gives it back when we end.
    """
    with socket.socket(socket.AF_UNIX) as held:
        try:
            family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
            held.bind(f"\0casework:{address[0]}:{port}")
            with socket.socket(family, kind, protocol) as listener:
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                listener.bind(address)
                listener.listen()
        except OSError as refused:
            raise Refusal(_TAKEN.with_(host=host, port=port, why=refused.strerror or refused)) from refused
        yield


def _load_demo(console: Console, installation: Installation, environment: dict[str, str]) -> None:
    """Load it in a process of its own: what loading takes of the memory would be kept for as long as this one runs."""
    settings = console.settings
    if settings.kind != "demo":
        console.note(_NO_DEMO, kind=settings.kind)
        return
    with installation.service() as service, service.transaction() as tx:
        empty = not cases.any_there(tx.db)
    if empty:
        loader = bound([sys.executable, "-m", "casework.cli", "demo", "load"], ends_by=signal.SIGTERM)
        done = subprocess.run(loader, env=environment, check=False)
        if done.returncode:
            raise SystemExit(done.returncode)


def _keep_running(console: Console, installation: Installation, processes: list[Process], host: str, port: int) -> None:
    """Start the processes, keep them running, and stop them in the same order.

    The others start when the first, the web server, is ready: at once, they would all load slowly.
    """
    kept: list[Kept] = [*([Server(installation.server)] if installation.server else []), *processes]
    with Signals() as signals:
        try:
            first, *others = processes
            first.start()
            if not _becomes_ready(first, signals, host, port):
                return
            for process in others:
                process.start()
            console.tell(_READY, address=f"http://{_reached_at(host)}:{port}")
            if console.settings.kind == "demo":
                console.note(_ONE_CLICK)
            console.note(_STOP_WITH)
            while not signals.asked(within_s=1):
                for one in kept:
                    one.look_after()
            console.note(_STOPPING)
        finally:
            for process in processes:
                process.stop(signals)


def _becomes_ready(web_process: Process, signals: Signals, host: str, port: int) -> bool:
    """True once it answers, False when somebody asks to stop first; a Refusal when it ends or takes too long."""
    limit = time.monotonic() + _LONGEST_START_S
    while not _answers(host, port):
        if signals.asked(within_s=0.1):
            return False
        if not web_process.runs() or time.monotonic() > limit:
            raise Refusal(_NO_START)
    return True


def _answers(host: str, port: int) -> bool:
    with suppress(OSError, http.client.HTTPException):
        connection = http.client.HTTPConnection(_reached_at(host).strip("[]"), port, timeout=5)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == http.client.OK
        finally:
            connection.close()
    return False


def _reached_at(host: str) -> str:
    """Where this machine reaches a server that listens there, as it stands in a URL."""
    local = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"[{local}]" if ":" in local else local
