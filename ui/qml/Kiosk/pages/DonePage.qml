// How it ended, truthfully, then the rating, which may be left alone.
pragma ComponentBehavior: Bound
import QtQuick
import Kiosk
import Kiosk.Views

PageFrame {
    id: page

    readonly property string outcome: Done.outcome
    readonly property bool sent: outcome === "sent"
    readonly property bool needsHelp: outcome === "failed" || outcome === "unknown"

    title: qsTrId("done.title." + outcome)
    lead: sent ? qsTrId("done.lead.sent") : Done.fault.length > 0 && outcome === "failed" ? Visit.words(Done.fault, "title") : qsTrId("done.lead." + outcome)
    // A print that failed and could be had now is what the citizen came for: it gets the primary's place.
    readonly property string leaving: qsTrId("button.done") + (Visit.secondsLeft > 0 ? " (" + Visit.secondsLeft + ")" : "")

    backText: qsTrId("button.more")
    backName: "home"
    secondaryText: Done.again ? leaving : ""
    secondaryName: "leave"
    secondaryIcon: "check"
    primaryText: Done.again ? qsTrId("button.print_again") : leaving
    primaryName: Done.again ? "print-again" : "leave"
    primaryIcon: Done.again ? "printer" : "check"

    ScrollArea {
        anchors.fill: parent

        Column {
            width: parent.width
            spacing: Theme.gap

            PrinterPicture {
                width: parent.width
                height: 290
                visible: page.sent && page.bodyHeight > 1100
                working: false
                out: true
            }
            Banner {
                objectName: "outcome-" + page.outcome
                width: parent.width
                kind: page.sent ? "success" : page.outcome === "unknown" ? "warning" : "danger"
                title: qsTrId("done.banner." + page.outcome)
                text: page.needsHelp ? qsTrId("done.banner." + (Done.again ? "again" : page.outcome) + ".do").arg(Visit.hallDesk).arg(Visit.hallPhone) : qsTrId("done.banner." + page.outcome + ".do")
            }
            ReceiptPanel {
                width: parent.width
                receipt: Done.receipt
                note: Done.delivered ? qsTrId("done.delivered") : qsTrId("done.kept_here")
            }
            Panel {
                width: parent.width
                height: rating.implicitHeight + 72

                Column {
                    id: rating
                    x: 32
                    y: 36
                    width: parent.width - 64
                    spacing: 24

                    Words {
                        width: parent.width
                        horizontalAlignment: Text.AlignHCenter
                        text: Done.rated ? qsTrId("rating.thanks") : qsTrId("rating.ask")
                        font.bold: true
                    }
                    GradeRow {
                        width: parent.width
                        grade: Done.grade
                        rated: Done.rated
                        onChosen: grade => Visit.act("rate", grade.toString())
                    }
                    Words {
                        width: parent.width
                        horizontalAlignment: Text.AlignHCenter
                        visible: !Done.rated
                        text: qsTrId("rating.free")
                        color: Theme.secondary
                        font.pixelSize: Theme.small
                    }
                }
            }
        }
    }
}
