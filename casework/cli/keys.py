"""`casework keys`: the keys of the settings, and what is wrapped under each."""

import time
from typing import Final

import click

from casework.cli.console import Cannot, Console, pass_console
from casework.cli.installation import working
from casework.records import keys as records
from casework.rules.text import Text
from casework.work.keys import rotate as wrap_anew

_TELLS_EVERY_S: Final = 1.0
_TITLES: Final = (Text("次序", "Place"), Text("编号", "Number"), Text("其下数据密钥", "Data keys under it"))
_NOT_OURS: Final = Text("缺少", "missing")
_BEGINS: Final = Text(
    "正在用编号 {number} 的密钥重新加密各数据密钥，共 {many} 个；服务照常运行，中断后重新执行即可继续。",
    "Wrapping data keys under key {number}: {many} to do. The service goes on; if this is stopped, run it again.",
)
_SO_FAR: Final = Text("已完成 {done} 个。", "Done so far: {done}.")
_DONE: Final = Text(
    "已重新加密 {done} 个数据密钥；全部数据密钥均在编号 {number} 的密钥之下，其余密钥可以从设置中删去。",
    "Data keys wrapped anew: {done}. All lie under key {number}; the others may be taken out of the settings.",
)
_LEFT: Final = Text(
    "仍有 {left} 个数据密钥在旧密钥之下：有进程的 CASEWORK_ENCRYPTION_KEYS 仍以旧密钥为首。请改好其设置并重新启动，"
    "再执行本命令。",
    "Data keys still under an old key: {left}. A process whose CASEWORK_ENCRYPTION_KEYS begin with an old key writes"
    " them; change its settings, start it anew and run this again.",
)
_NOT_COUNTED: Final = Text(
    "已重新加密 {done} 个数据密钥，但始终有进程在写入数据密钥（例如正在载入演示数据），未能清点。旧密钥暂勿删去，"
    "请在其结束后再执行本命令。",
    "Data keys wrapped anew: {done}. What is left could not be counted: somebody was writing data keys all the time,"
    " as a load of many cases does. Keep the old keys, and run this again once that has ended.",
)
_BROKEN: Final = Text(
    "有 {many} 名申请人的密钥打不开，未改动，首个申请人编号 {first}。旧密钥暂勿删去，请从备份中恢复这些密钥。",
    "Keys of applicants that do not open and were left as they are: {many}, the first of applicant {first}. Keep the"
    " old keys, and restore these from a backup.",
)


@click.group("keys")
def keys() -> None:
    """The keys under which sensitive data lies."""


@keys.command("list")
@pass_console
def list_keys(console: Console) -> None:
    """List the keys of CASEWORK_ENCRYPTION_KEYS by their numbers, the first one first, and others that are needed."""
    with working(console.settings) as service, service.transaction() as tx:
        counted, ours = records.counts(tx.db), service.keyring.numbers
    rows: list[tuple[object, ...]] = [(place, number, counted.get(number, 0)) for place, number in enumerate(ours, 1)]
    missing = _NOT_OURS.in_(console.language)
    console.table(_TITLES, rows + [(missing, number, counted[number]) for number in sorted(set(counted) - set(ours))])


@keys.command("rotate")
@pass_console
def rotate(console: Console) -> None:
    """Wrap every data key under the first key, while the service goes on; exits 1 where one is left under another."""
    with working(console.settings) as service:
        number = service.keyring.current
        with service.transaction() as tx:
            many = sum(many for key_id, many in records.counts(tx.db).items() if key_id != number)
        console.note(_BEGINS, number=number, many=many)
        rotated = wrap_anew(service, _Progress(console))
    if rotated.broken:
        raise Cannot(_BROKEN.in_(console.language, many=len(rotated.broken), first=rotated.broken[0]))
    if rotated.left is None:
        raise Cannot(_NOT_COUNTED.in_(console.language, done=rotated.done))
    if rotated.left:
        raise Cannot(_LEFT.in_(console.language, left=rotated.left))
    console.tell(_DONE, done=rotated.done, number=number)


class _Progress:
    """Tells on standard error how far it is, once a second at most."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._told_at = time.monotonic()

    def __call__(self, done: int) -> None:
        if time.monotonic() - self._told_at >= _TELLS_EVERY_S:
            self._console.note(_SO_FAR, done=done)
            self._told_at = time.monotonic()
