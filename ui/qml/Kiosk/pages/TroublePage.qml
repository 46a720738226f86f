// What happened, what is safe, what to do, who can help. The code stands small for the technician.
pragma ComponentBehavior: Bound
import QtQuick
import Kiosk
import Kiosk.Views

PageFrame {
    id: page

    title: Visit.words(Trouble.code, "title")
    lead: Trouble.why.length > 0 ? Trouble.why : Visit.words(Trouble.code, "do")
    showSteps: Trouble.inVisit
    backText: Trouble.inVisit ? qsTrId("button.other") : ""
    backName: "home"
    secondaryText: Trouble.inVisit && Trouble.again ? qsTrId("button.leave") : ""
    secondaryName: "leave"
    secondaryIcon: "close"
    primaryText: !Trouble.inVisit ? qsTrId("button.understood") : Trouble.again ? qsTrId("button.again") : qsTrId("button.leave")
    primaryName: !Trouble.inVisit ? "done" : Trouble.again ? "again" : "leave"
    primaryIcon: Trouble.again ? "arrow-right" : "check"

    Item {
        id: picture
        width: parent.width
        height: Math.max(160, Math.min(420, parent.height - notes.implicitHeight - 48))

        Rectangle {
            anchors.centerIn: parent
            width: Math.min(280, parent.height)
            height: width
            radius: width / 2
            color: Theme.warningSoft
            border.width: Theme.contrast ? 3 : 0
            border.color: Theme.warning

            Icon {
                anchors.centerIn: parent
                name: Trouble.picture
                size: parent.width * 0.52
                color: Theme.warning
                weight: 1.5
            }
        }
    }
    Column {
        id: notes
        anchors.top: picture.bottom
        anchors.topMargin: 32
        width: parent.width
        spacing: Theme.gap

        ReceiptPanel {
            width: parent.width
            visible: Trouble.receipt.length > 0
            receipt: Trouble.receipt
            note: Trouble.print.length > 0 ? qsTrId("trouble.print." + Trouble.print) : ""
        }
        Banner {
            objectName: "nothing-submitted"
            width: parent.width
            visible: Trouble.receipt.length === 0
            kind: "info"
            text: qsTrId("trouble.nothing_submitted")
        }
        Panel {
            width: parent.width
            height: helpRow.implicitHeight + 64

            Row {
                id: helpRow
                x: 40
                y: 32
                spacing: 24

                Icon {
                    anchors.verticalCenter: parent.verticalCenter
                    name: "phone"
                    size: 64
                    color: Theme.primary
                }
                Column {
                    anchors.verticalCenter: parent.verticalCenter
                    width: notes.width - 168

                    Words {
                        width: parent.width
                        text: qsTrId("help.who")
                        color: Theme.secondary
                        font.pixelSize: Theme.small
                    }
                    Words {
                        width: parent.width
                        text: qsTrId("help.where").arg(Visit.hallDesk).arg(Visit.hallPhone)
                    }
                }
            }
        }
        Words {
            objectName: "fault-code"
            width: parent.width
            text: Visit.kiosk + "  ·  " + Trouble.code
            color: Theme.disabledText
            font.pixelSize: Theme.small
        }
    }
}
