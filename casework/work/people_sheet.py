"""The people of an office as a table, and the profiles of its helpers as another."""

from collections.abc import Collection, Mapping
from typing import Any, Final

from casework.matching.profiles import RELATIONS
from casework.records import offices
from casework.records import people as records
from casework.rules.refusals import Fault, Invalid, NotFound
from casework.rules.text import Language, Text
from casework.work import declarations, people, profiles
from casework.work.people import SPOKEN, USER_ROLES, ChangedUser, NewUser
from casework.work.service import Transaction
from casework.work.sheet_cells import CODE, DAY, FLAG, NUMBER, TEXT, Cell, as_day, choice, many
from casework.work.sheets import Column, Sheet

_USERNAME: Final = Text("用户名", "User name")
_NEW_IS_ACTIVE: Final = Text(
    "新增的用户是在岗的；无须新增的请删去此行。",
    "Somebody new is active; leave the line out where nobody is to be added.",
)
_NO_HELPER: Final = Text(
    "没有这名在岗的律师或者志愿者，或不在您的管辖范围内。",
    "There is no active lawyer or volunteer of this name, or not within your own organisation.",
)


def _read_absence(said: str) -> dict[str, str]:
    """Two days with `~` or 至 between them, or one."""
    first, _, last = said.replace("～", "~").replace("至", "~").partition("~")
    return {"first": as_day(first.strip()), "last": as_day((last or first).strip())}


def _write_absence(value: Any, language: Language) -> str:
    return f"{value['first']}~{value['last']}"


_KINDS: Final = choice(lambda: RELATIONS)
_ORGANISATION: Final = Text("（单位）", " (organisation)")


def _read_relation(said: str) -> dict[str, Any]:
    """The relation, whether it is an organisation, a colon and the name."""
    about, _, name = said.replace("：", ":", 1).partition(":")
    of_organisation = about.strip()
    for words in (_ORGANISATION.zh, _ORGANISATION.en.strip(), "(单位)"):
        of_organisation = of_organisation.removesuffix(words)
    return {
        "kind": _KINDS.read(of_organisation.strip()),
        "organisation": of_organisation != about.strip(),
        "name": name.strip(),
    }


def _write_relation(value: Any, language: Language) -> str:
    kind = _KINDS.write(value["kind"], language)
    mark = _ORGANISATION.in_(language) if value.get("organisation") else ""
    return f"{kind}{mark}{'：' if language == 'zh-CN' else ': '}{value['name']}"


_ABSENCE: Final = Cell(_read_absence, _write_absence)
_RELATION: Final = Cell(_read_relation, _write_relation)
_MATTERS: Final = many(choice(profiles.matters), commas=False)


class PeopleSheet(Sheet):
    """Everybody who may sign in; a password is not in it."""

    name = "users"
    title = Text("人员", "People")
    columns = (
        Column("username", _USERNAME, CODE),
        Column("name", Text("姓名", "Name"), required=True),
        Column("role", Text("角色", "Role"), choice(lambda: USER_ROLES), required=True),
        Column("org", Text("机构代码", "Organisation code"), CODE, required=True),
        Column("active", Text("在岗", "Active"), FLAG),
        Column("email", Text("电子邮箱", "Mail address"), empty=None),
        Column("digest", Text("每日提要", "Daily digest"), FLAG),
        Column("language", Text("语言", "Language"), choice(lambda: SPOKEN)),
    )

    def hold(self, tx: Transaction, keys: Collection[str]) -> None:
        """Others change nobody of them, and load no rules, as when one is changed by hand."""
        offices.keep_rules(tx.db)
        records.lock_named(tx.db, keys)

    def present(self, tx: Transaction, scope: str, keys: Collection[str] | None = None) -> dict[str, dict[str, Any]]:
        """Everybody at and below a path."""
        return {
            row.username: {column.name: getattr(row, column.name) for column in self.columns}
            for row in records.below(tx.db, scope, keys)
        }

    def check(self, tx: Transaction, given: Mapping[str, Any], *, new: bool) -> dict[str, Any]:
        """As the forms take them that are filled in by hand."""
        if not new:
            emptied = {name: None for name, value in given.items() if value is None}
            return ChangedUser.check(_said(given), today=tx.today) | emptied
        if given.get("active", True) is not True:
            raise Invalid([Fault("active", "not_active", _NEW_IS_ACTIVE)])
        return NewUser.check({name: value for name, value in _said(given).items() if name != "active"}, today=tx.today)

    def add(self, tx: Transaction, scope: str, said: Mapping[str, Any]) -> None:
        """Without a password: they get a first one by hand, or work with tokens."""
        people.create_user(tx, said, people.org_below(tx.db, said["org"], scope))

    def change(self, tx: Transaction, scope: str, key: str, said: Mapping[str, Any]) -> None:
        """As by hand: who gets another role or sees more waits for somebody else to confirm it."""
        people.change_below(tx, scope, key, said)

    def read_key(self, said: str) -> str:
        """The user name in small letters."""
        return people.folded(said)


class ProfileSheet(Sheet):
    """What helpers have said of their work."""

    name = "profiles"
    title = Text("执业档案", "Profiles")

    columns = (
        Column("username", _USERNAME, CODE),
        Column("licence", Text("执业证号", "Licence"), empty=None),
        Column("licence_until", Text("证件有效期至", "Licence valid until"), DAY, empty=None),
        Column("firm", Text("律师事务所", "Law firm"), empty=None),
        Column("matters", Text("办理的事项", "Matters worked on"), _MATTERS, empty=[]),
        Column("opted_out", Text("不办理的事项", "Matters refused"), _MATTERS, empty=[]),
        Column("languages", Text("语言和方言", "Languages"), many(TEXT), empty=[]),
        Column("places", Text("服务地区", "Places served"), many(CODE), empty=[]),
        Column("most_open", Text("同时在办最多件数", "Cases in hand at most"), NUMBER, empty=None),
        Column("most_a_week", Text("每周新接最多件数", "New cases a week at most"), NUMBER, empty=None),
        Column("absences", Text("请假", "Absences"), many(_ABSENCE), empty=[]),
        Column("relations", Text("须回避的关系人", "Close to the helper"), many(_RELATION, commas=False), empty=[]),
    )

    def hold(self, tx: Transaction, keys: Collection[str]) -> None:
        """Others change no profile of these, as it is when one is changed by hand."""
        records.lock_named(tx.db, keys)

    def present(self, tx: Transaction, scope: str, keys: Collection[str] | None = None) -> dict[str, dict[str, Any]]:
        """Every active helper at and below a path, also who has said nothing yet."""
        nothing = {column.name: column.empty for column in self.columns[1:]}
        return {
            username: {**nothing, **said, "username": username, "relations": _whole(said.get("relations"))}
            for username, said in profiles.below(tx, scope, keys).items()
        }

    def check(self, tx: Transaction, given: Mapping[str, Any], *, new: bool) -> dict[str, Any]:
        """As the form takes them that is filled in by hand."""
        if new:
            raise Invalid([Fault("username", "no_helper", _NO_HELPER)])
        return profiles.checked(tx, _said(given)) | {name: None for name, value in given.items() if value is None}

    def add(self, tx: Transaction, scope: str, said: Mapping[str, Any]) -> None:
        """Nobody becomes a helper by a profile."""
        raise NotFound(_NO_HELPER)

    def change(self, tx: Transaction, scope: str, key: str, said: Mapping[str, Any]) -> None:
        """The columns take the place of what was, the rest stays."""
        found = records.by_username(tx.db, key)
        assert found is not None
        declarations.change_of(tx, found[0], said)

    def read_key(self, said: str) -> str:
        """The user name in small letters."""
        return people.folded(said)


def _said(given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if value is not None}


def _whole(relations: Any) -> list[dict[str, Any]]:
    return [{**one, "organisation": bool(one.get("organisation"))} for one in relations or ()]


PEOPLE: Final = PeopleSheet()
PROFILES: Final = ProfileSheet()
