"""What an installation sets, and how a wrong setting is refused."""

import base64
import dataclasses
import secrets
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from casework.settings import ROOT, BadSettings, Settings
from casework.work.admin_files import BadFile, read_content

KEY = bytes(range(32))


def load(home: Path, **environ: str) -> Settings:
    return Settings.load({"CASEWORK_HOME": str(home), **environ})


def production(home: Path, **environ: str) -> Settings:
    secret = {"CASEWORK_SECRET_KEY": secrets.token_hex(32), "CASEWORK_ENCRYPTION_KEYS": KEY.hex()}
    return load(home, CASEWORK_ENV="production", **(secret | environ))


def overlaid(home: Path, toml: str) -> Settings:
    file = home / "over.toml"
    file.write_text(toml, encoding="utf-8")
    return load(home, CASEWORK_CONFIG=str(file))


def test_without_any_environment_it_is_a_demonstration_with_the_private_server(tmp_path: Path) -> None:
    settings = load(tmp_path)

    assert (settings.kind, settings.database_url, settings.port) == ("demo", None, 8000)
    assert str(settings.office.zone) == "Asia/Shanghai"
    assert settings.web.max_body_bytes == 1_048_576


def test_a_database_without_its_purpose_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="Set CASEWORK_ENV to production, demo or test"):
        load(tmp_path, CASEWORK_DATABASE_URL="postgresql://who@where/what")


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_a_database_is_reached_by_psycopg_however_it_is_written(tmp_path: Path, scheme: str) -> None:
    settings = production(tmp_path, CASEWORK_DATABASE_URL=f"{scheme}://who:pw@where/what")

    assert settings.database_url == "postgresql+psycopg://who:pw@where/what"


@pytest.mark.parametrize("url", ["sqlite:///cases.db", "mysql://who:hunter2@where/what", "hunter2"])
def test_another_database_is_refused_without_repeating_its_password(tmp_path: Path, url: str) -> None:
    with pytest.raises(BadSettings, match="CASEWORK_DATABASE_URL does not name a PostgreSQL") as refusal:
        production(tmp_path, CASEWORK_DATABASE_URL=url)
    assert "hunter2" not in str(refusal.value)


@pytest.mark.parametrize("name", ["CASEWORK_SECRET_KEY", "CASEWORK_ENCRYPTION_KEYS"])
def test_production_does_not_start_without_its_secrets(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadSettings, match=f"{name} is not set"):
        production(tmp_path, **{name: ""})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", ["demo", "test"])
def test_a_demonstration_keeps_secrets_of_its_own(tmp_path: Path, kind: str) -> None:
    first = load(tmp_path / "home", CASEWORK_ENV=kind)
    again = load(tmp_path / "home", CASEWORK_ENV=kind)

    assert (first.secret_key, first.encryption_keys) == (again.secret_key, again.encryption_keys)
    assert len(first.encryption_keys[0]) == 32
    assert {stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "home").iterdir()} == {0o600}


def test_processes_that_start_at_once_keep_the_same_secret(tmp_path: Path) -> None:
    script = (
        "import sys; from casework.settings import Settings\n"
        "print(Settings.load({'CASEWORK_HOME': sys.argv[1]}).secret_key)"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "home")]
    processes = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(4)]

    told = {process.communicate()[0] for process in processes}

    assert len(told) == 1
    assert len(told.pop().strip()) == 64


def test_keys_may_be_hexadecimal_or_base64_and_keep_their_order(tmp_path: Path) -> None:
    ordinary = base64.b64encode(KEY).decode()
    for_addresses = base64.urlsafe_b64encode(b"\xff" * 32).decode()
    written = [KEY.hex(), ordinary, for_addresses, ordinary.rstrip("=")]

    settings = production(tmp_path, CASEWORK_ENCRYPTION_KEYS=" , ".join(written))

    assert settings.encryption_keys == (KEY, KEY, b"\xff" * 32, KEY)


@pytest.mark.parametrize("keys", [KEY.hex() + ",", "secret", KEY.hex()[:-2], "钥匙", KEY.hex() + "," + "z" * 64])
def test_a_key_that_is_not_32_bytes_is_refused_and_not_repeated(tmp_path: Path, keys: str) -> None:
    with pytest.raises(BadSettings, match=r"CASEWORK_ENCRYPTION_KEYS, number [12], is not 32 bytes") as refusal:
        production(tmp_path, CASEWORK_ENCRYPTION_KEYS=keys)
    assert keys not in str(refusal.value)


def test_no_token_lives_for_longer_than_a_year(tmp_path: Path) -> None:
    assert overlaid(tmp_path, "[tokens]\ndays = 366").tokens.days == 366
    with pytest.raises(BadSettings, match=r"\[tokens\] days is 3650. A token lives 366 days at most"):
        overlaid(tmp_path, "[tokens]\ndays = 3650")


def test_a_secret_that_can_be_guessed_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="CASEWORK_SECRET_KEY is too short"):
        production(tmp_path, CASEWORK_SECRET_KEY="changeme")


@pytest.mark.parametrize("port", ["0", "65536", "-1", "80a", "８０", "8000.0", "9" * 5000])
def test_a_port_that_is_none_is_refused(tmp_path: Path, port: str) -> None:
    with pytest.raises(BadSettings, match="PORT is"):
        load(tmp_path, PORT=port)


def test_an_unknown_kind_of_installation_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match=r"CASEWORK_ENV is 'prod'. Set it to production, demo or test"):
        load(tmp_path, CASEWORK_ENV="prod")


def test_a_configuration_file_changes_what_it_names_and_nothing_else(tmp_path: Path) -> None:
    settings = overlaid(tmp_path, '[office]\nlanguage = "en"\n[web]\nworkers = 8\nrequest_timeout_s = 12.5\n')
    default = load(tmp_path)

    assert (settings.office.language, settings.web.workers, settings.web.request_timeout_s) == ("en", 8, 12.5)
    assert settings.office.zone == default.office.zone
    assert dataclasses.replace(settings, config=None, office=default.office, web=default.web) == default


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ("[web]\nworker = 3", r"\[web\] worker is not a setting. Known are: workers"),
        ("[wab]\nworkers = 3", "wab is not a setting"),
        ("web = 3", r"web must be a section, written \[web\]"),
        ("[web]\nworkers = 0", r"\[web\] workers is 0. Write a whole number above 0"),
        ("[web]\nworkers = true", r"\[web\] workers is True"),
        ("[web]\nworkers = 2.0", r"\[web\] workers is 2.0"),
        ("[web]\nworkers = '2'", r"\[web\] workers is '2'"),
        ("[web]\ntrusted_proxies = -1", r"\[web\] trusted_proxies is -1. Write 0 or 1 or 2 or 3"),
        ("[web]\ntrusted_proxies = true", r"\[web\] trusted_proxies is True"),
        ("[database]\nlock_timeout_s = inf", "lock_timeout_s is inf. Write a number above 0"),
        ("[database]\nlock_timeout_s = nan", "lock_timeout_s is nan"),
        ("[database]\nprepare_statements = 1", "prepare_statements is 1. Write true or false"),
        ("[office]\nzone = 'Mars/Base'", "zone is 'Mars/Base'. Write a time zone"),
        ("[office]\nzone = '../../etc/passwd'", "Write a time zone"),
        ("[office]\nlanguage = 'fr'", "language is 'fr'. Write 'zh-CN' or 'en'"),
        ("[web", "is not TOML"),
    ],
)
def test_a_wrong_configuration_is_refused_with_file_and_key(tmp_path: Path, toml: str, said: str) -> None:
    with pytest.raises(BadSettings, match=f"over.toml.*{said}"):
        overlaid(tmp_path, toml)


def test_a_configuration_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="Correct CASEWORK_CONFIG"):
        load(tmp_path, CASEWORK_CONFIG=str(tmp_path / "nowhere.toml"))


def test_a_home_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(BadSettings, match="CASEWORK_HOME is"):
        load(tmp_path / "file" / "home")


def test_no_secret_is_shown_when_the_settings_are_printed(tmp_path: Path) -> None:
    settings = production(tmp_path, CASEWORK_DATABASE_URL="postgresql://who:hunter2@where/what")

    assert settings.secret_key not in repr(settings)
    assert repr(KEY) not in repr(settings)
    assert "hunter2" not in repr(settings)


def test_mail_is_sent_only_where_there_is_a_server_with_a_sender_and_its_password(tmp_path: Path) -> None:
    server = '[smtp]\nhost = "mail.example.org"\n'
    sender = 'sender = "casework@example.org"\n'
    assert overlaid(tmp_path, sender.join(("[smtp]\n", ""))).smtp.host == ""
    assert overlaid(tmp_path, server + sender).smtp.host == "mail.example.org"
    with pytest.raises(BadSettings, match=r"\[smtp\] sender is ''. Write the address"):
        overlaid(tmp_path, server)
    with pytest.raises(BadSettings, match="CASEWORK_SMTP_PASSWORD is not set"):
        overlaid(tmp_path, server + sender + 'user = "casework"\n')
    settings = load(tmp_path, CASEWORK_CONFIG=str(tmp_path / "over.toml"), CASEWORK_SMTP_PASSWORD="hunter2")
    assert settings.smtp_password == "hunter2"
    assert "hunter2" not in repr(settings)


def test_networks_that_may_be_called_are_written_as_networks(tmp_path: Path) -> None:
    networks = overlaid(tmp_path, '[post]\nallow_networks = ["10.20.0.0/16", "fd00::/8"]\n').post.allow_networks
    assert list(map(str, networks)) == ["10.20.0.0/16", "fd00::/8"]
    for wrong in ('"10.20.0.0/16"', "[10]", '["10.20.0.1/16"]', '["intranet"]'):
        with pytest.raises(BadSettings, match=r"\[post\] allow_networks is .*Write a list of networks"):
            overlaid(tmp_path, f"[post]\nallow_networks = {wrong}\n")


def test_a_file_may_begin_with_a_byte_order_mark_but_is_in_utf_8(tmp_path: Path) -> None:
    file = tmp_path / "over.toml"
    written = "[web]\r\ntrusted_proxies = 2\r\n"
    file.write_bytes(written.encode("utf-8-sig"))
    assert load(tmp_path, CASEWORK_CONFIG=str(file)).web.trusted_proxies == 2
    for encoding in ("utf-16", "utf-16-be", "gbk"):
        file.write_bytes(("# 济南\n" + written).encode(encoding))
        with pytest.raises(BadSettings, match=r"over\.toml is not TOML: it is not in UTF-8"):
            load(tmp_path, CASEWORK_CONFIG=str(file))


@pytest.mark.parametrize("name", ["x.toml", "x.json"])
def test_files_that_are_loaded_may_begin_with_a_byte_order_mark(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    written = 'a = "济南"\r\n' if name == "x.toml" else '{"a": "济南"}'
    file.write_bytes(written.encode("utf-8-sig"))
    assert read_content(file) == {"a": "济南"}
    for encoding in ("utf-16", "gbk"):
        file.write_bytes(written.encode(encoding))
        with pytest.raises(BadFile) as refused:
            read_content(file)
        assert "请另存为 UTF-8" in refused.value.text.zh
        assert "save it as UTF-8" in refused.value.text.en


@pytest.mark.parametrize(
    "address", ["", "https://bf.example.org", "https://bf.example.org:8443", "http://127.0.0.1:8000"]
)
def test_where_people_reach_the_service_is_a_host_without_a_path(tmp_path: Path, address: str) -> None:
    assert overlaid(tmp_path, f'[web]\naddress = "{address}"').web.address == address


@pytest.mark.parametrize(
    "address",
    ["bf.example.org", "http://bf.example.org", "https://bf.example.org/", "https://u:p@bf.example.org", "https://"],
)
def test_an_address_that_leads_nowhere_stops_the_start_with_a_sentence(tmp_path: Path, address: str) -> None:
    with pytest.raises(BadSettings, match=r"\[web\] address is .* Write it as https:// and the host"):
        overlaid(tmp_path, f'[web]\naddress = "{address}"')
