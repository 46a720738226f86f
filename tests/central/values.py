"""Small values of the contract: one item, two people, and the events of a case."""

from dataclasses import dataclass, field
from typing import Any

from contract import codes
from contract.catalogue import Catalogue
from contract.ids import new_id

ITEM = "insurance-certificate"
CHECK = "check-certificate"
REGISTER = "social-insurance.participation"
ISSUED = "issued-documents"
NUMBER = "210104199003079991"
NOBODY = "210104198001019994"
PEOPLE: list[dict[str, Any]] = [
    {
        "id": "zhang",
        "card": {"layout": "resident", "number": NUMBER, "name": "张测试"},
        "registers": {REGISTER: {"person": {"name": "张测试"}, "months": 148}, "housing-fund.deposits": None},
    },
    {
        "id": "li",
        "card": {"layout": "resident", "number": NOBODY, "name": "李测试"},
        "registers": {REGISTER: None},
    },
]


def both(zh: str, en: str) -> dict[str, str]:
    return {"zh": zh, "en": en}


def catalogue(version: int = 1) -> Catalogue:
    steps = [
        {"kind": "identify"},
        {"kind": "lookup", "register_name": REGISTER, "waiting": both("查询中", "Asking"), "refused": both("无", "No")},
        {
            "kind": "lookup",
            "register_name": "land.nobody",
            "waiting": both("查询中", "Asking"),
            "refused": both("无", "No"),
        },
        {"kind": "commit", "template": ITEM},
    ]
    ask = {"kind": "lookup", "by": "code", "waiting": both("查询中", "Asking"), "refused": both("无", "No")}
    check = {
        "id": CHECK, "code": "X-2", "title": both("核验", "Check"), "summary": both("核验", "Check"),
        "department": "hr", "icon": "scan", "minutes": 1, "identity": "none",
        "steps": [
            {"kind": "scan", "title": both("扫码", "Scan"), "lead": both("扫码", "Scan")},
            {**ask, "register_name": ISSUED},
            {**ask, "register_name": REGISTER},
            {"kind": "review", "facts": []},
        ],
    }  # fmt: skip
    item = {
        "id": ITEM, "code": "X-1", "title": both("参保证明", "Certificate"), "summary": both("打印", "Print"),
        "department": "hr", "icon": "shield", "minutes": 2, "identity": "card", "steps": steps,
    }  # fmt: skip
    return Catalogue.model_validate(
        {
            "version": version,
            "hall": {"id": "h", "title": both("测试大厅", "Test Hall"), "phone": "1", "desk": both("台", "Desk")},
            "departments": [{"id": "hr", "title": both("人社局", "Human Resources"), "icon": "people"}],
            "items": [item, check],
        }
    )


def applicant(number: str = NUMBER) -> dict[str, str]:
    return {"name": "张测试", "document_type": "111", "document_number": number, "read_by": "id-card"}


def question(number: str = NUMBER, register: str = REGISTER, item: str = ITEM) -> dict[str, Any]:
    return {
        "lookup_id": new_id(),
        "visit_id": new_id(),
        "item_id": item,
        "register_name": register,
        "applicant": applicant(number),
    }


def question_about(code: str, register: str = ISSUED, item: str = CHECK) -> dict[str, Any]:
    return {"lookup_id": new_id(), "visit_id": new_id(), "item_id": item, "register_name": register, "code": code}


def new_code() -> str:
    body = new_id()[-codes.BODY_LENGTH :]
    return body + codes.check_character(body)


@dataclass
class Journal:
    """One installation's events, numbered as the terminal numbers them."""

    kiosk: str
    installation: str = field(default_factory=new_id)
    events: list[dict[str, Any]] = field(default_factory=list)

    def append(self, body: dict[str, Any]) -> dict[str, Any]:
        event = {
            "sequence": len(self.events) + 1,
            "event_id": new_id(),
            "at": "2026-11-21T08:53:11.000Z",
            "body": body,
        }
        self.events.append(event)
        return event

    def batch(self, *sequences: int, catalogue_version: int = 1) -> dict[str, Any]:
        """Return the request that carries the events of these sequences, else all."""
        chosen = [self.events[number - 1] for number in sequences] if sequences else self.events
        return {
            "kiosk": self.kiosk,
            "installation": self.installation,
            "catalogue_version": catalogue_version,
            "events": chosen,
        }

    def whole_case(self, outcome: str = "sent", facts: list[dict[str, Any]] | None = None) -> "WrittenCase":
        """Append a case from its commit to its rating."""
        written = WrittenCase(new_id(), new_id(), new_id(), new_code())
        self.append(written.committed())
        self.append(written.rendered(facts))
        self.append({"kind": "print.intended", "case_id": written.id, "action_id": written.action, "sheets": 1})
        self.append(
            {
                "kind": "print.settled",
                "case_id": written.id,
                "action_id": written.action,
                "outcome": outcome,
                "sheets": 1,
            }
        )
        self.append({"kind": "case.closed", "case_id": written.id, "outcome": outcome})
        self.append({"kind": "visit.rated", "visit_id": written.visit, "case_id": written.id, "grade": 2})
        return written


@dataclass(frozen=True)
class WrittenCase:
    id: str
    visit: str
    action: str
    code: str

    def committed(self) -> dict[str, Any]:
        case = {
            "case_id": self.id,
            "visit_id": self.visit,
            "receipt_number": f"R{self.id[-6:]}",
            "item_id": ITEM,
            "item_code": "X-1",
            "catalogue_version": 1,
            "language": "zh",
            "committed_at": "2026-11-21T08:53:11.000Z",
            "applicant": applicant(),
            "register_name": REGISTER,
            "facts": {"months": 148},
            "template": ITEM,
        }
        return {"kind": "case.committed", "case": case}

    def rendered(self, facts: list[dict[str, Any]] | None = None) -> dict[str, Any]:
        masked = [
            {"label": both("姓名", "Name"), "value": "张**"},
            {"label": both("公民身份号码", "ID number"), "value": "210104********9991"},
        ]
        document = {
            "case_id": self.id,
            "template": ITEM,
            "template_version": 1,
            "title": both("参保证明", "Certificate of Social Insurance"),
            "verification_code": self.code,
            "sha256": "ab" * 32,
            "pages": 1,
            "issued_at": "2026-11-21T08:53:12.000Z",
            "facts": masked if facts is None else facts,
        }
        return {"kind": "case.rendered", "document": document}
