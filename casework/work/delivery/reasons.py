"""Why something did not go out, as people read it: senders note it in English; here is what it means, and the cure."""

import re
from typing import Final

from casework.rules.text import Text
from casework.senders.addresses import REFUSALS

_ADDRESS_OR_SECRET: Final = Text(
    "请核对渠道的地址和密钥，以及对方是否限定了来源地址或关键词。",
    "Check the channel's address and secret, and whether the other side limits who may send, or wants a keyword.",
)
_ADDRESS_OR_LOG: Final = Text(
    "请核对渠道的地址和密钥，并查看对方的日志。",
    "Check the channel's address and secret, and the receiver's log.",
)
_AT_THE_RECEIVER: Final = Text(
    "请检查对方的程序是否运行、能否访问。", "Check that the receiver runs and can be reached."
)
_NOTHING: Final = Text("", "")

# What a sender notes, and what is to be done about it. The first that fits counts.
_KNOWN: Final[tuple[tuple[Text, Text], ...]] = (
    (
        Text("邮件服务器不提供 STARTTLS", "the mail server does not offer STARTTLS"),
        Text(
            "请将 [smtp] tls 改为 tls（通常为 465 端口）；邮件服务器就在本机时可为 none。",
            'Set tls in [smtp] to "tls" (usually port 465), or to "none" where the server is on this machine.',
        ),
    ),
    (
        Text("邮件服务器在此连接上不提供登录", "the mail server does not offer to sign in"),
        Text(
            "请删去 [smtp] user，或将 tls 改为 starttls 或 tls。",
            'Leave out user in [smtp], or set tls to "starttls" or "tls".',
        ),
    ),
    (
        Text("邮件服务器不接受用户名或密码", "the mail server does not take the user name or the password"),
        Text("请检查 [smtp] user 和 CASEWORK_SMTP_PASSWORD。", "Check user in [smtp], and CASEWORK_SMTP_PASSWORD."),
    ),
    (
        Text("邮件服务器不接受发件人（答复 {code}）", "the mail server does not take the sender (it answered {code})"),
        Text(
            "请将 [smtp] sender 改为此用户可以使用的地址；服务器要求登录的，请填写 user。",
            "Set sender in [smtp] to an address that this user may send from; give a user where the server wants one.",
        ),
    ),
    (
        Text("邮件服务器的证书不受信任：{why}", "the certificate of the mail server is not trusted: {why}"),
        Text(
            "请使 [smtp] host 与证书上的名称一致，并将签发机构加入本机信任的证书。",
            "Write host in [smtp] as the certificate has it, and let this machine trust its issuer.",
        ),
    ),
    (
        Text("邮件服务器的此端口不使用 TLS", "the mail server speaks no TLS on this port"),
        Text("请检查 [smtp] port，或将 tls 改为 starttls。", 'Check port in [smtp], or set tls to "starttls".'),
    ),
    (
        Text("邮件服务器没有应答（{kind}）", "the mail server does not answer ({kind})"),
        Text("请检查 [smtp] host、port 和 tls，以及防火墙。", "Check host, port and tls in [smtp], and the firewall."),
    ),
    (
        Text("邮件服务器答复 {code}", "the mail server answered {code}"),
        Text("请在邮件服务器的日志中查看原因。", "The log of the mail server says why."),
    ),
    *((refusal, _NOTHING) for refusal in REFUSALS),
    (Text("证书不受信任：{why}", "the certificate is not trusted: {why}"), _AT_THE_RECEIVER),
    (Text("没有在时限内完整应答", "no whole answer in time"), _AT_THE_RECEIVER),
    (Text("没有在时限内应答", "no answer in time"), _AT_THE_RECEIVER),
    (Text("没有应答（{kind}）", "no answer ({kind})"), _AT_THE_RECEIVER),
    (Text("答复不是群机器人的答复", "answered nothing that its maker describes"), _ADDRESS_OR_SECRET),
    (Text("答复代码 {code}", "answered code {code}"), _ADDRESS_OR_SECRET),
    (Text("答复 {status}", "answered {status}"), _ADDRESS_OR_LOG),
    (
        Text("封存其地址的密钥缺失", "its address was sealed under a key that is missing"),
        Text(
            "请在 CASEWORK_ENCRYPTION_KEYS 中补上该密钥，或重新填写地址。",
            "Add the key to CASEWORK_ENCRYPTION_KEYS, or give the address again.",
        ),
    ),
    (
        Text("建立连接的时间过长", "the connection took too long to open"),
        Text("请检查对方是否繁忙。", "See whether the other side is busy."),
    ),
    (Text("没有可告知的内容", "there was nothing to tell"), _NOTHING),
    (Text("收件人已不在", "the receiver is no longer there"), _NOTHING),
    (Text("当日已过", "the day was over"), _NOTHING),
    (Text("没有可告知的内容", "there was nothing to tell"), _NOTHING),
    (
        Text("建立连接用时过长", "the connection took too long to open"),
        Text(
            "请查明邮件服务器为何迟迟不应答，如问候延迟或域名解析缓慢。",
            "Find out why the mail server is so slow: it may greet late, or look up names for long.",
        ),
    ),
    (Text("无法写出（{kind}）", "it could not be written ({kind})"), _NOTHING),
)
_PATTERNS: Final = tuple(
    (re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+)", re.escape(said.en))), said, cure) for said, cure in _KNOWN
)


def told(why: str) -> Text:
    """What a sender noted; as it stands where it is not known here."""
    return _read(why)[0]


def with_cure(why: str) -> Text:
    """The same, and what to do about it where that is known."""
    said, cure = _read(why)
    if not cure.en:
        return said
    return Text(f"{said.zh}。{cure.zh}", f"{said.en}. {cure.en}")


def _read(why: str) -> tuple[Text, Text]:
    for pattern, said, cure in _PATTERNS:
        if found := pattern.fullmatch(why):
            return said.with_(**found.groupdict()), cure
    return Text(why, why), _NOTHING
