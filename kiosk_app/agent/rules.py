"""Rules of the catalogue: CEL over a register's answer, compiled once, deciding yes or no and nothing else.

A rule that cannot be decided, because a fact is missing or is of another type, is trouble and never a
"yes": no document is made on a rule that did not hold.
"""

from functools import lru_cache

import cel

from contract.catalogue import Catalogue, CommitStep, LookupStep, ServiceItem
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
        UnusableCatalogue: the commit is not the one last step, or somebody is asked about before they are known.
    """
    kinds = [step.kind for step in item.steps]
    if kinds[-1:] != ["commit"] or kinds.count("commit") > 1:
        raise UnusableCatalogue(f"{item.id}: the last step, and no other, has to be the commit")
    before_known = kinds[: kinds.index("identify")] if "identify" in kinds else kinds
    if "lookup" in before_known or "commit" in before_known:
        raise UnusableCatalogue(f"{item.id}: the applicant has to be identified before a lookup or commit")


@lru_cache(maxsize=512)
def _compiled(rule: str) -> cel.Program:
    return cel.compile(rule)
