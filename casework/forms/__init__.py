"""The forms: fields that refuse what the office cannot mean, with masks, JSON Schema and examples."""

from casework.forms.cross_field import Rule, rule
from casework.forms.example_data import ExampleData, Person, birth_date, days_ago, sex
from casework.forms.form import Form, Many, Nested
from casework.forms.identity import BankAccount, BankCode, CreditCode, IdentityNumber, OfficePhone, Phone
from casework.forms.json_schema import json_schema
from casework.forms.numbers import Count, Day, Flag, Moment, Money, Month
from casework.forms.patch import merge_patch
from casework.forms.paths import needed_by, sensitive_paths
from casework.forms.person import SEX, Identified
from casework.forms.sensitive import join_sensitive, split_sensitive
from casework.forms.texts import Choice, Code, Line, LongText, OneUser, OtherOrg, PersonName

__all__ = [
    "SEX",
    "BankAccount",
    "BankCode",
    "Choice",
    "Code",
    "Count",
    "CreditCode",
    "Day",
    "ExampleData",
    "Flag",
    "Form",
    "Identified",
    "IdentityNumber",
    "Line",
    "LongText",
    "Many",
    "Moment",
    "Money",
    "Month",
    "Nested",
    "OfficePhone",
    "OneUser",
    "OtherOrg",
    "Person",
    "PersonName",
    "Phone",
    "Rule",
    "birth_date",
    "days_ago",
    "join_sensitive",
    "json_schema",
    "merge_patch",
    "needed_by",
    "rule",
    "sensitive_paths",
    "sex",
    "split_sensitive",
]
