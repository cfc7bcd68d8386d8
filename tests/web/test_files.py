"""Photographs and documents on pages: from the phone while applying, when more is asked for, and at the desk."""

import io
import re
from typing import Any

from PIL import Image
from pillow_heif import register_heif_opener
from werkzeug.test import TestResponse

from casework.records import tracking
from casework.records.vault import blind_index
from tests.web.conftest import Pages, Visitor
from tests.web.test_apply import begun, filled_in

register_heif_opener()


def photo(kind: str = "HEIF") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (400, 300), "navy").save(out, kind)
    return out.getvalue()


def send(visitor: Visitor, path: str, contents: bytes, name: str, paper: str) -> TestResponse:
    visitor.get(path)
    return visitor.post(path, paper=paper, file=(io.BytesIO(contents), name))


def pictures(text: str) -> list[str]:
    return re.findall(r'<img src="([^"]+)"', text)


def test_an_applicant_sends_two_photographs_and_the_office_looks_at_them(pages: Pages) -> None:
    visitor = begun(pages)
    at = "/apply/legal_aid/files"
    assert send(visitor, at, photo(), "正面.HEIC", "identity").location == at
    assert send(visitor, at, photo("JPEG"), "反面.jpg", "identity").location == at
    text = visitor.get(at).text
    assert "正面.jpg" in text
    assert visitor.client.get(pictures(text)[0]).headers["Content-Type"] == "image/jpeg"
    assert pages.visitor().get(pictures(text)[0]).status_code == 404

    wrong = send(visitor, at, b"<html>", "card.jpg", "contract")
    assert wrong.status_code == 422
    assert "只接收照片" in wrong.text
    assert send(visitor, at, b"", "", "contract").status_code == 422
    [gone, _] = re.findall(r'action="(/apply/legal_aid/files/[^"]+/remove)"', text)
    assert send(visitor, at, photo("JPEG"), "又一张.jpg", "identity").location == at
    assert visitor.post(gone).location == at
    assert "已传 2 个" in visitor.get("/apply/legal_aid/tasks").text

    filled_in(visitor)
    visitor.get("/apply/legal_aid/check")
    assert visitor.post("/apply/legal_aid/check", truth="true", consent="true").status_code == 303
    told = visitor.get("/apply/legal_aid/done").text
    number = re.search(r">(LA-\d{4}-\d{6})<", told)
    code = re.search(r">([0-9A-Z]{4}(?:-[0-9A-Z]{4}){4})<", told)
    assert number
    assert code
    assert visitor.get(at).status_code == 404

    clerk = pages.signed_in("caseworker")
    case = f"/cases/{number[1]}"
    text = clerk.get(case).text
    assert "已有 2 个文件" in text
    assert "正面.jpg" not in text, "names are for those who open the list, which is logged"
    text = clerk.get(f"{case}/files").text
    assert "又一张.jpg" in text
    [first, second] = pictures(text)
    assert clerk.client.get(first).headers["Content-Type"] == "image/jpeg"
    assert pages.signed_in("supervisor").get(second).status_code == 404
    assert send(clerk, f"{case}/files", photo("PNG"), "合同.png", "contract").location == f"{case}/files"
    text = clerk.get(f"{case}/files").text
    removals = re.findall(rf'action="({case}/files/[^"]+/remove)"', text)
    assert len(removals) == 3
    assert clerk.post(removals[0]).status_code == 422
    assert clerk.post(removals[0], reason="重复").location == f"{case}/files"
    auditor = pages.signed_in("auditor")
    assert "材料清单" in auditor.get(case).text
    assert auditor.get(f"{case}/files").status_code == 403

    phone = pages.visitor()
    phone.get("/track")
    phone.post("/track", number=number[1], code=code[1])
    own = f"/track/{number[1]}/files"
    text = phone.get(own).text
    assert "合同.png" not in text, "what the office adds is the office's"
    assert send(phone, own, photo("WEBP"), "工资条.webp", "wages").location == own
    text = phone.get(own).text
    assert "工资条.jpg" in text
    assert phone.client.get(pictures(text)[-1]).status_code == 200
    assert "已有 1 个文件" in phone.get(f"/track/{number[1]}").text


def test_papers_that_are_asked_for_are_sent_one_by_one(pages: Pages) -> None:
    with pages.service.transaction() as tx:
        row: Any = tx.db.one("select id, number from cases where state = 'awaiting_papers' order by number limit 1")
    code = "ABCD-EFGH-JKLM-NPQR-STUV"
    with pages.service.transaction() as tx:
        digest = blind_index(tx.index_key, f"tracking_code:{row.id}", code.replace("-", ""))
        tracking.keep(tx.db, row.id, digest)
    phone = pages.visitor()
    phone.get("/track")
    phone.post("/track", number=row.number, code=code)
    own = f"/track/{row.number}/files"
    assert own in phone.get(f"/track/{row.number}").text
    [first, *_] = re.findall(r'name="paper" value="(asked-\d+-\d+)"', phone.get(own).text)
    assert send(phone, own, photo("JPEG"), "一.jpg", first).location == own
    assert "已有 1 个文件" in phone.get(own).text
    # What was sent in stands in the step by which the applicant says so.
    assert re.search(
        r'name="papers.0.name"[^>]* value="[^"]+"', phone.get(f"/track/{row.number}/do/supply_papers").text
    )


def test_what_is_posted_comes_from_a_page_of_ours(pages: Pages) -> None:
    clerk = pages.signed_in("caseworker")
    forged = clerk.client.post("/cases/LA-2026-000001/files", data={"file": (io.BytesIO(photo()), "a.jpg")})
    assert forged.status_code == 403
    assert clerk.get("/files/nothing").status_code == 404
