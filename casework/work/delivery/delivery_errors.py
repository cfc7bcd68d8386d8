"""Why something did not go out, as people read it: the sentence of each code in both languages, and the cure."""

from collections.abc import Mapping
from typing import Final

from casework.rules.text import Text
from casework.senders.failures import Reason

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

SENTENCES: Final[Mapping[str, Text]] = {
    "mail_no_starttls": Text("邮件服务器不提供 STARTTLS", "the mail server does not offer STARTTLS"),
    "mail_no_sign_in": Text("邮件服务器在此连接上不提供登录", "the mail server does not offer to sign in"),
    "mail_sign_in_refused": Text(
        "邮件服务器不接受用户名或密码", "the mail server does not take the user name or the password"
    ),
    "mail_sender_refused": Text(
        "邮件服务器不接受发件人（答复 {status}）", "the mail server does not take the sender (it answered {status})"
    ),
    "mail_certificate": Text(
        "邮件服务器的证书不受信任：{why}", "the certificate of the mail server is not trusted: {why}"
    ),
    "mail_no_tls": Text("邮件服务器的此端口不使用 TLS", "the mail server speaks no TLS on this port"),
    "mail_no_answer": Text("邮件服务器没有应答（{kind}）", "the mail server does not answer ({kind})"),
    "mail_slow_to_open": Text(
        "与邮件服务器建立连接用时过长", "the connection to the mail server took too long to open"
    ),
    "mail_answered": Text("邮件服务器答复 {status}", "the mail server answered {status}"),
    "address_malformed": Text(
        "请写成 https://主机/路径 的样子；不能含用户名、密码、# 或空格，非英文字符须以 % 转写。",
        "Write it like https://host/path, without a user, a password, a # or a space; other than ASCII is written"
        " with %.",
    ),
    "address_port": Text("端口只能是 80、443 或不小于 1024。", "The port is 80, 443, or 1024 and above."),
    "address_unknown_host": Text("无法解析该主机名。", "The host name does not resolve."),
    "address_internal": Text(
        "该地址指向内部网络；确有需要时，请管理员在 [post] allow_networks 中列出该网段。",
        "The address leads into an internal network; where that is meant, [post] allow_networks must name the network.",
    ),
    "address_plain_http": Text(
        "明文 http 只能用于 [post] allow_networks 所列的网段，请改用 https。",
        "Plain http is only for the networks named in [post] allow_networks; use https.",
    ),
    "certificate": Text("证书不受信任：{why}", "the certificate is not trusted: {why}"),
    "answer_cut_off": Text("没有在时限内完整应答", "no whole answer in time"),
    "answer_late": Text("没有在时限内应答", "no answer in time"),
    "no_answer": Text("没有应答（{kind}）", "no answer ({kind})"),
    "answered": Text("答复 {status}", "answered {status}"),
    "slow_to_open": Text("建立连接用时过长", "the connection took too long to open"),
    "robot_unknown_answer": Text("答复不是群机器人的答复", "answered nothing that its maker describes"),
    "robot_answered": Text("答复代码 {number}", "answered code {number}"),
    "key_missing": Text("封存其地址的密钥缺失", "its address was sealed under a key that is missing"),
    "receiver_gone": Text("收件人已不在", "the receiver is no longer there"),
    "day_over": Text("当日已过", "the day was over"),
    "nothing_to_tell": Text("没有可告知的内容", "there was nothing to tell"),
    "not_written": Text("无法写出（{kind}）", "it could not be written ({kind})"),
}

# A sentence about an address says itself what to do; what was not sent for want of a need has no cure.
CURES: Final[Mapping[str, Text]] = {
    "mail_no_starttls": Text(
        "请将 [smtp] tls 改为 tls（通常为 465 端口）；邮件服务器就在本机时可为 none。",
        'Set tls in [smtp] to "tls" (usually port 465), or to "none" where the server is on this machine.',
    ),
    "mail_no_sign_in": Text(
        "请删去 [smtp] user，或将 tls 改为 starttls 或 tls。",
        'Leave out user in [smtp], or set tls to "starttls" or "tls".',
    ),
    "mail_sign_in_refused": Text(
        "请检查 [smtp] user 和 CASEWORK_SMTP_PASSWORD。", "Check user in [smtp], and CASEWORK_SMTP_PASSWORD."
    ),
    "mail_sender_refused": Text(
        "请将 [smtp] sender 改为此用户可以使用的地址；服务器要求登录的，请填写 user。",
        "Set sender in [smtp] to an address that this user may send from; give a user where the server wants one.",
    ),
    "mail_certificate": Text(
        "请使 [smtp] host 与证书上的名称一致，并将签发机构加入本机信任的证书。",
        "Write host in [smtp] as the certificate has it, and let this machine trust its issuer.",
    ),
    "mail_no_tls": Text(
        "请检查 [smtp] port，或将 tls 改为 starttls。", 'Check port in [smtp], or set tls to "starttls".'
    ),
    "mail_no_answer": Text(
        "请检查 [smtp] host、port 和 tls，以及防火墙。", "Check host, port and tls in [smtp], and the firewall."
    ),
    "mail_slow_to_open": Text(
        "请查明邮件服务器为何迟迟不应答，如问候延迟或域名解析缓慢。",
        "Find out why the mail server is so slow: it may greet late, or look up names for long.",
    ),
    "mail_answered": Text("请在邮件服务器的日志中查看原因。", "The log of the mail server says why."),
    "certificate": _AT_THE_RECEIVER,
    "answer_cut_off": _AT_THE_RECEIVER,
    "answer_late": _AT_THE_RECEIVER,
    "no_answer": _AT_THE_RECEIVER,
    "answered": _ADDRESS_OR_LOG,
    "slow_to_open": Text("请检查对方是否繁忙。", "See whether the other side is busy."),
    "robot_unknown_answer": _ADDRESS_OR_SECRET,
    "robot_answered": _ADDRESS_OR_SECRET,
    "key_missing": Text(
        "请在 CASEWORK_ENCRYPTION_KEYS 中补上该密钥，或重新填写地址。",
        "Add the key to CASEWORK_ENCRYPTION_KEYS, or give the address again.",
    ),
}


def told(why: Reason) -> Text:
    """Return the sentence of a reason; its code where that is of another version of this program."""
    code = str(why["code"])
    return SENTENCES[code].with_(**why) if code in SENTENCES else Text(code, code)


def with_cure(why: Reason) -> Text:
    """Return the same, and what to do about it where that is known."""
    said, cure = told(why), CURES.get(str(why["code"]))
    return Text(f"{said.zh}。{cure.zh}", f"{said.en}. {cure.en}") if cure else said
