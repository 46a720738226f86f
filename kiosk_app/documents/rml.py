"""The part of RML that a template may use, and the two tags of our own.

RML can open files and addresses, register faces and evaluate Python; none of that is allowed here. What
is not on the list below is refused before anything is drawn. Hazard guarded: a template from the
catalogue, or a name on a card, that reaches beyond the page.
"""

import zlib
from datetime import UTC, datetime
from hashlib import md5
from io import BytesIO
from typing import Any

from lxml import etree
from reportlab import rl_config
from reportlab.pdfbase import pdfdoc
from reportlab.pdfgen.canvas import Canvas
from z3c.rml import attr, directive, document, flowable, interfaces
from z3c.rml import canvas as rml_canvas
from zope.interface import implementer  # type: ignore[import-untyped]  # it ships no types

from kiosk_app.documents import fonts, marks


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


TAGS = _words(
    """
    document stylesheet initialize alias paraStyle blockTableStyle blockFont blockTextColor blockLeading blockAlignment
    blockValign blockLeftPadding blockRightPadding blockTopPadding blockBottomPadding blockBackground
    blockSpan lineStyle template pageTemplate frame pageGraphics story
    para spacer blockTable tr td hr keepTogether keepInFrame condPageBreak nextPage nextFrame setNextTemplate indent
    topPadder b i u br font span sub super
    drawString drawRightString drawCentredString lines rect circle path moveto curveto fill stroke setFont lineMode
    saveState restoreState translate rotate place pageNumber getName verificationMark securityPaper
    """
)
"""Every tag a template may hold. None of them takes a path, an address or an expression."""
_REFUSED_ATTRIBUTES = _words(
    """
    href url src file fileName filename destination bulletText barCode encoding pagesize pageSize
    invariant compression debug title author subject creator showBoundary
    """
)
_ONE_PAGE = 1
_STYLE_SHEETS_KEPT = 64
_STYLES: dict[bytes, dict[str, Any]] = {}


class RefusedTemplate(Exception):
    """A template holds what no template may hold; names the tag or attribute."""


class _VerificationMark(directive.RMLDirective):  # type: ignore[misc]  # z3c.rml is untyped
    """``<verificationMark x y size/>``: the QR of this document."""

    class Signature(interfaces.IRMLDirectiveSignature):  # type: ignore[misc]
        x = attr.Measurement(title="X", required=True)
        y = attr.Measurement(title="Y", required=True)
        size = attr.Measurement(title="Size", required=True)

    signature = Signature

    def process(self) -> None:
        x, y, size = self.getAttributeValues(valuesOnly=True)
        canvas = attr.getManager(self, interfaces.ICanvasManager).canvas
        marks.draw_qr(canvas, attr.getManager(self).paper.address, x, y, size)


class _SecurityPaper(directive.RMLDirective):  # type: ignore[misc]
    """``<securityPaper/>``: what lies under the text."""

    class Signature(interfaces.IRMLDirectiveSignature):  # type: ignore[misc]
        pass

    signature = Signature

    def process(self) -> None:
        canvas = attr.getManager(self, interfaces.ICanvasManager).canvas
        width, height = canvas._pagesize  # noqa: SLF001  # the canvas has no public way to tell
        marks.draw_paper(canvas, width, height, demonstration=attr.getManager(self).paper.demonstration)


class _Cell(flowable.TableCell):  # type: ignore[misc]
    """A table cell whose plain text is its text. z3c.rml's own would print ``&lt;`` for ``<``."""

    def process(self) -> None:
        if len(self.element):
            super().process()
        else:
            if self.element.attrib:
                self.processStyle()
            self.parent.cols.append((self.element.text or "").strip())


# z3c.rml is extended the way its own modules extend one another: by an entry in a table.
rml_canvas.Drawing.factories["verificationMark"] = _VerificationMark
rml_canvas.Drawing.factories["securityPaper"] = _SecurityPaper
flowable.TableRow.factories["td"] = _Cell
# A tag in the wrong place would else be left out with a line in a log, and the paper be incomplete.
directive.ABORT_ON_INVALID_DIRECTIVE = True


class _QuickCompression(pdfdoc.PDFStreamFilterZCompress):
    """zlib's quickest level: a tenth larger than its default, in a quarter of the time."""

    def encode(self, text: str | bytes) -> bytes:
        return zlib.compress(text.encode() if isinstance(text, str) else text, 1)


# Streams as bytes and not as text, which takes a third of the time of a page and a fifth of its size.
rl_config.useA85 = 0
pdfdoc.PDFZCompress = _QuickCompression()


class Paper:
    """What a page needs that is not in its text."""

    def __init__(self, *, title: str, address: str, demonstration: bool, issued_at: datetime) -> None:
        self.title = title
        self.address = address
        self.demonstration = demonstration
        self.issued_at = issued_at.astimezone(UTC)


# Declared anew, because z3c.rml looks for the declaration in the class itself and not in its bases.
@implementer(interfaces.IManager, interfaces.IPostProcessorManager, interfaces.ICanvasManager)
class _Document(document.Document):  # type: ignore[misc]
    """One run of the press. `pages` is what ``<getName id="pages"/>`` says."""

    def __init__(self, element: Any, paper: Paper, pages: int) -> None:
        super().__init__(element, canvasClass=self._canvas)
        self.paper = paper
        self.styles: dict[str, Any] = {}
        self.names["pages"] = str(pages)
        self.pages = 0

    def draw(self) -> bytes:
        # Not `process`: that would forget every registered face, read others, and always lay out twice.
        self.outputFile = BytesIO()
        self._take_styles()
        self.processSubDirectives(select=("template", "story"))
        self.doc.beforeDocument = self._beforeDocument
        self.doc.current_pass = 1
        self.doc.build(self.flowables, canvasmaker=self.canvasClass)
        self.pages = self.doc.page
        # A style without a face falls back to one that is neither embedded nor Chinese.
        for name in sorted(self.canvas._doc.fontMapping.keys() - fonts.NAMES):  # noqa: SLF001
            raise RefusedTemplate(f"face {name}")
        return self.outputFile.getvalue()

    def _take_styles(self) -> None:
        """Read the style sheet, or take what was read of the same one: nothing of a person is in it."""
        sheet = self.element.find("stylesheet")
        if sheet is None:
            return
        written = etree.tostring(sheet)
        if written not in _STYLES:
            self.processSubDirectives(select=("stylesheet",))
            if len(_STYLES) >= _STYLE_SHEETS_KEPT:
                _STYLES.clear()
            _STYLES[written] = dict(self.styles)
        self.styles = dict(_STYLES[written])

    def _canvas(self, *args: Any, **options: Any) -> Canvas:
        options.update(invariant=1, lang="zh-CN", initialFontName=fonts.SANS, pageCompression=1)
        canvas = Canvas(*args, **options)
        # ReportLab asks the machine for the time and has no door for another answer.
        drawn: Any = canvas._doc  # type: ignore[attr-defined]  # noqa: SLF001
        stamp = drawn._timeStamp  # noqa: SLF001
        stamp.t, stamp.lt = self.paper.issued_at.timestamp(), self.paper.issued_at.timetuple()
        stamp.YMDhms, stamp.dhh, stamp.dmm = tuple(stamp.lt)[:6], 0, 0
        drawn.signature = md5(usedforsecurity=False)  # the file's id, of its content alone
        return canvas

    def _initCanvas(self, canvas: Any) -> None:  # noqa: N802  # z3c.rml's name
        canvas.manager = self
        canvas.setTitle(self.paper.title)
        for write in (canvas.setSubject, canvas.setAuthor, canvas.setCreator, canvas.setProducer):
            write("")


def parse(text: str) -> Any:
    """Read the RML and refuse what a template may not hold.

    Raises:
        lxml.etree.XMLSyntaxError: it is not XML.
        RefusedTemplate: it asks for more than a page.
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    root = etree.fromstring(text.encode(), parser)
    if root.getroottree().docinfo.doctype:
        raise RefusedTemplate("doctype")
    if root.tag != "document":
        raise RefusedTemplate(f"<{root.tag}>")
    for element in root.iter():
        if element.tag not in TAGS:
            raise RefusedTemplate(f"<{element.tag}>")
        for name in element.keys():  # noqa: SIM118  # an element iterates over its children
            if name in _REFUSED_ATTRIBUTES and not (element is root and name == "filename"):
                raise RefusedTemplate(f"<{element.tag} {name}>")
    return root


def press(root: Any, paper: Paper) -> tuple[bytes, int]:
    """Draw the document; return the PDF and its pages.

    Most papers have one page, so that is what the first run says in ``<getName id="pages"/>``.
    """
    first = _Document(root, paper, _ONE_PAGE)
    pdf = first.draw()
    if first.pages == _ONE_PAGE:
        return pdf, first.pages
    again = _Document(root, paper, first.pages)
    return again.draw(), again.pages
