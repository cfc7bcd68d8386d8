"""Who could take a case, the plan for all that wait, and the profiles by which it is judged."""

from uuid import UUID

from casework.api.answers.matching import Candidate, Plan, Profile, candidate, line, profile
from casework.api.answers.members import page_of
from casework.api.endpoint import Answer, Call, Endpoint, cut
from casework.forms.form import Form
from casework.forms.numbers import Flag
from casework.forms.texts import Code
from casework.http.query import Page
from casework.records import people
from casework.rules.text import Text
from casework.work import declarations, matching, offers, profiles


@Endpoint(
    "GET",
    "/cases/<uuid:case_id>/candidates",
    Text("可指派的人选", "Who could take the case"),
    answer=page_of(Candidate),
    query=Page,
    refuses=(403,),
    note=Text(
        "本市及上级机构的律师和志愿者，合适者在前；不能承办的在后，并写明原因。利益冲突按姓名、单位名称的各种写法比对。",
        "Lawyers and volunteers of the city and above, the best first; those who cannot take it last, with the reason."
        " Names are compared in all their writings for conflicts of interest.",
    ),
)
def candidates(call: Call, case_id: UUID) -> Answer:
    """Everybody within reach, judged for this case."""
    return cut(call, [candidate(one, call.tx.language) for one in matching.candidates_for(call.tx, case_id)])


class WhichPlan(Form):
    """Which cases are planned, and whether the plan is carried out."""

    org = Code(title=Text("机构（含下级）", "Organisation and below"))
    apply = Flag(title=Text("照此征询", "Make the offers"))


class AskPlan(Form):
    """Nothing needs to be said."""


@Endpoint(
    "POST",
    "/assignments/plan",
    Text("批量指派方案", "A plan for all that wait"),
    answer=Plan,
    body=AskPlan,
    query=WhichPlan,
    refuses=(403,),
    note=Text(
        "最紧急的 200 件以内；apply=true 时逐件征询方案所列的人，未能征询的写明原因。正在征询的案件不在其中。",
        "For the 200 most urgent at most; with apply=true each case is offered as planned, or says why it could not be."
        " Cases for which somebody is being asked are left out.",
    ),
)
def plan(call: Call) -> Answer:
    """Who should take each waiting case, so that the whole batch is served best."""
    apply = bool(call.query.get("apply"))
    lines = matching.plan_for(call.tx, call.query.get("org"), alone=apply)
    AskPlan.check(call.body, today=call.tx.today)
    planned = offers.carry_out(call.tx, lines) if apply else [matching.Planned(one) for one in lines]
    return Answer(Plan([line(one, call.tx.language) for one in planned]))


@Endpoint(
    "GET",
    "/users/<uuid:user_id>/profile",
    Text("执业档案", "The profile of a helper"),
    answer=Profile,
    refuses=(403,),
)
def one_profile(call: Call, user_id: UUID) -> Answer:
    """What a lawyer or volunteer has said of the own work."""
    said = profiles.of_helper(call.tx, user_id)
    return Answer(profile(people.by_id(call.tx.db, user_id), said))


@Endpoint(
    "PATCH",
    "/users/<uuid:user_id>/profile",
    Text("修改执业档案", "Change the profile of a helper"),
    answer=Profile,
    body=profiles.ProfileForm,
    refuses=(403,),
)
def change_profile(call: Call, user_id: UUID) -> Answer:
    """By the helper, or by an administrator; what is given takes the place of what was."""
    said = declarations.change(call.tx, user_id, call.body)
    return Answer(profile(people.by_id(call.tx.db, user_id), said))
