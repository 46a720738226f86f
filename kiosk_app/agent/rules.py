"""Rules of the catalogue: CEL over a register's answer, compiled once, deciding yes or no and nothing else.

A rule that cannot be decided, because a fact is missing or is of another type, is trouble and never a
"yes": no document is made on a rule that did not hold.
"""

from functools import lru_cache

import cel

from contract.catalogue import Catalogue, CommitStep, IdentifyStep, LookupStep, ReviewStep, ScanStep, ServiceItem
from contract.lookups import LookupAnswer


class Undecidable(Exception):
    """The rule cannot be applied to the answer."""


class UnusableCatalogue(Exception):
    """A catalogue refers to what it does not hold, or holds a rule that does not compile."""


def accepts(rule: str, answer: LookupAnswer) -> bool:
    """Tell whether the register's facts fulfil `rule`.

    Raises:
        Undecidable: they do not answer it.
    """
    try:
        verdict = _compiled(rule).execute({"answer": answer.facts})
    except Exception as error:  # noqa: BLE001 - CEL raises whatever type the rule's mistake resembles
        # Not chained: its message may quote a fact.
        raise Undecidable(type(error).__name__) from None
    if not isinstance(verdict, bool):
        raise Undecidable("the rule does not answer yes or no")
    return verdict


def check(catalogue: Catalogue) -> None:
    """Refuse a catalogue that would fail in front of a citizen.

    Raises:
        UnusableCatalogue: names the item and what is wrong with it.
    """
    templates = {template.id for template in catalogue.templates}
    departments = {department.id for department in catalogue.departments}
    names = [item.id for item in catalogue.items]
    if len(set(names)) != len(names):
        raise UnusableCatalogue("two items of one id")
    for item in catalogue.items:
        if item.department not in departments:
            raise UnusableCatalogue(f"{item.id}: no department {item.department}")
        _check_order(item)
        for step in item.steps:
            match step:
                case LookupStep():
                    try:
                        _compiled(step.accept)
                    except ValueError:
                        raise UnusableCatalogue(f"{item.id}: the rule does not compile") from None
                case CommitStep() if step.template is not None and step.template not in templates:
                    raise UnusableCatalogue(f"{item.id}: no template {step.template}")
                case _:
                    pass


def _check_order(item: ServiceItem) -> None:
    """Refuse steps that lead a citizen nowhere.

    Raises:
        UnusableCatalogue: it ends with neither a commit nor a review, goes on after a commit, or asks about
            what is not known yet.
    """
    kinds = [step.kind for step in item.steps]
    if not kinds or kinds[-1] not in ("commit", "review") or "commit" in kinds[:-1]:
        raise UnusableCatalogue(f"{item.id}: the last step has to be the one commit, or a review")
    known: set[str] = set()
    for step in item.steps:
        match step:
            case IdentifyStep():
                known.add("applicant")
            case ScanStep():
                known.add("code")
            case LookupStep(by=by) if by not in known:
                raise UnusableCatalogue(f"{item.id}: a lookup by {by} comes before the {by} is known")
            case LookupStep():
                known.add("answer")
            case ReviewStep() if "answer" not in known:
                raise UnusableCatalogue(f"{item.id}: a review comes before there is an answer to show")
            case CommitStep() if "applicant" not in known:
                raise UnusableCatalogue(f"{item.id}: the applicant has to be identified before a commit")
            case _:
                pass


@lru_cache(maxsize=512)
def _compiled(rule: str) -> cel.Program:
    return cel.compile(rule)
