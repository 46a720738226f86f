"""The words of central's public pages, in Chinese and English; templates hold none.

Short, concrete and polite: what was found, then what to do. Chinese is the first language; another is
chosen by the page's switch, else by the browser.
"""

from contract.text import FIRST_LANGUAGE, LANGUAGES, Text


def _say(zh: str, en: str) -> Text:
    return Text({"zh": zh, "en": en})


WORDS: dict[str, Text] = {
    "site": _say("政务服务自助终端", "Government self-service"),
    "verify": _say("文件核验", "Check a document"),
    "language": _say("语言", "Language"),
    "skip": _say("跳到正文", "Skip to content"),
    "form.title": _say("核对一份打印的文件", "Check a printed document"),
    "form.lead": _say(
        "自助终端打印的文件上有二维码和 16 位验证码。扫码，或在这里输入验证码，就能看到当时出具的内容。",
        "A document printed by a self-service terminal carries a QR code and a code of 16 characters. "
        "Scan it, or type the code here, to see what was issued.",
    ),
    "form.label": _say("验证码", "Verification code"),
    "form.hint": _say(
        "16 位字母和数字，大小写、空格和横线都不影响。形如：",
        "16 letters and digits. Capitals, spaces and dashes do not matter. It looks like:",
    ),
    "form.button": _say("核对", "Check"),
    "form.again": _say("核对另一份文件", "Check another document"),
    "found.status": _say("查到了这份文件", "This document was issued"),
    "found.match": _say(
        "请拿着纸逐项对照。纸上的内容必须与下面完全一致；有一项不同，这张纸就不可信。",
        "Hold the paper next to this page. Every line must match; if one differs, do not trust the paper.",
    ),
    "found.masked": _say(
        "为保护个人信息，姓名和号码的一部分用星号代替，只对照看得见的部分。",
        "Parts of names and numbers are starred to protect the person. Compare the parts that can be seen.",
    ),
    "found.facts": _say("纸上应有的内容", "What the paper must say"),
    "found.issue": _say("出具信息", "How it was issued"),
    "found.issuer": _say("出具部门", "Issued by"),
    "found.hall": _say("办理大厅", "Hall"),
    "found.kiosk": _say("自助终端", "Terminal"),
    "found.time": _say("出具时间", "Issued at"),
    "found.pages": _say("页数", "Pages"),
    "found.code": _say("验证码", "Verification code"),
    "failed.status": _say("这份文件没有打印成功", "The print of this document failed"),
    "failed.means": _say(
        "终端报告这次打印失败，纸张可能不完整。如果您手里有这张纸，请向办理大厅核实，再决定是否采用。",
        "The terminal reports that printing failed, so a paper may be incomplete. "
        "If you hold one, ask the hall before you rely on it.",
    ),
    "found.demonstration": _say(
        "这是演示系统出具的样本，其中的人和记录都是虚构的，不能作为证明使用。",
        "This is a sample of a demonstration. The person and the records are made up; it proves nothing.",
    ),
    "unknown.status": _say("没有查到这份文件", "No such document is known"),
    "unknown.means": _say("可能的原因：", "What this may mean:"),
    "unknown.typing": _say(
        "验证码看错或输错了。请再对一遍。", "The code was misread or mistyped. Compare it once more."
    ),
    "unknown.offline": _say(
        "出具文件的终端暂时断网，文件稍后才会送到这里。请过几个小时再查。",
        "The terminal was offline when it printed and delivers later. Try again in some hours.",
    ),
    "unknown.forged": _say(
        "如果隔天仍然查不到，请不要使用这份文件，并向出具的大厅核实。",
        "If it is still unknown on the next day, do not rely on the document and ask the hall that issued it.",
    ),
    "typo.status": _say("验证码不对，请检查", "This code has a typing error"),
    "typo.lead": _say(
        "验证码自带校验，这一串字符不是完整正确的验证码。请看清纸上的 16 位再输入一遍。",
        "A code checks itself, and these characters do not make one. Look at the 16 characters and type them again.",
    ),
    "typo.similar": _say(
        "验证码里没有字母 I、L、O、U：看起来像的，是数字 1 或 0，或字母 V。",
        "A code has no letters I, L, O or U: what looks like one is the digit 1 or 0, or the letter V.",
    ),
    "busy.status": _say("查询太频繁了", "Too many questions"),
    "busy.lead": _say(
        "同一个网络在短时间内查询太多次。请等一分钟再试。",
        "This network asked too often in a short time. Wait a minute and try again.",
    ),
    "down.status": _say("现在无法核对", "Checking is not possible now"),
    "down.lead": _say(
        "系统暂时读不到记录，这不说明文件有问题。请过几分钟再试。",
        "The records cannot be read at the moment. This says nothing about the document. Try again in some minutes.",
    ),
    "landing.title": _say("政务服务自助终端 · 中心平台", "Central platform for self-service terminals"),
    "landing.lead": _say(
        "这台服务器接收各大厅自助终端办理的事项，向部门的登记系统查询，并为打印的文件提供核验。",
        "This server receives what is done at the terminals of the halls, asks the departments' registers, "
        "and lets anybody check a printed document.",
    ),
    "landing.verify": _say("收到一张打印的文件？在这里核对。", "Were you given a printed document? Check it here."),
    "landing.interface": _say("接口说明 (OpenAPI)", "Interface description (OpenAPI)"),
    "landing.interface.more": _say("给开发和运维人员。", "For developers and operators."),
    "footer": _say(
        "本页不使用 Cookie，不加载任何外部内容。",
        "This page sets no cookies and loads nothing from elsewhere.",
    ),
}


def choose_language(asked: str | None, accept_language: str) -> str:
    """Return the language of a page: the switch's, else the browser's first known, else Chinese."""
    if asked in LANGUAGES:
        return asked
    for part in accept_language.split(","):
        tag = part.partition(";")[0].strip().lower().partition("-")[0]
        if tag in LANGUAGES:
            return tag
    return FIRST_LANGUAGE
