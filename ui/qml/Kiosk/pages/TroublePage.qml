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
    primaryText: Trouble.stands ? "" : !Trouble.inVisit ? qsTrId("button.understood") : Trouble.again ? qsTrId("button.again") : qsTrId("button.leave")
    primaryName: !Trouble.inVisit ? "done" : Trouble.again ? "again" : "leave"
    primaryIcon: Trouble.again ? "arrow-right" : "check"

    Item {
        id: picture
        width: parent.width
        height: Math.max(0, Math.min(420, parent.height - notes.implicitHeight - 48))
        visible: height >= 120

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
    ScrollArea {
        anchors.top: picture.bottom
        anchors.topMargin: picture.visible ? 32 : 0
        anchors.bottom: parent.bottom
        width: parent.width

        Column {
            id: notes
            width: parent.width
            spacing: Theme.gap

            Banner {
                objectName: "paper-" + Trouble.print
                width: parent.width
                visible: Trouble.print.length > 0
                kind: Trouble.print === "sent" ? "success" : Trouble.print === "unknown" ? "warning" : Trouble.print === "failed" ? "danger" : "info"
                title: visible ? qsTrId("done.banner." + Trouble.print) : ""
                text: !visible ? "" : Trouble.print === "sent" ? qsTrId("trouble.sent") : Trouble.print === "none" ? qsTrId("done.banner.none.do") : qsTrId("done.banner." + Trouble.print + ".do").arg(Visit.hallDesk).arg(Visit.hallPhone)
            }
            ReceiptPanel {
                width: parent.width
                visible: Trouble.receipt.length > 0
                receipt: Trouble.receipt
            }
            Panel {
                objectName: "meanings"
                width: parent.width
                height: meanings.implicitHeight + 64
                visible: Trouble.meanings.length > 0

                Column {
                    id: meanings
                    x: 40
                    y: 32
                    width: parent.width - 80
                    spacing: 20

                    Words {
                        width: parent.width
                        text: qsTrId("trouble.meanings")
                        color: Theme.secondary
                        font.pixelSize: Theme.small
                    }
                    Repeater {
                        model: Trouble.meanings

                        Item {
                            id: meaning

                            required property string modelData
                            required property int index

                            width: meanings.width
                            height: Math.max(number.height, reason.implicitHeight)

                            Rectangle {
                                id: number
                                width: Theme.body * 1.5
                                height: width
                                radius: width / 2
                                color: Theme.primarySoft
                                border.width: Theme.contrast ? 3 : 0
                                border.color: Theme.text

                                Words {
                                    anchors.centerIn: parent
                                    text: meaning.index + 1
                                    color: Theme.primary
                                    font.pixelSize: Theme.small
                                    font.bold: true
                                    lineHeight: 1
                                }
                            }
                            Words {
                                id: reason
                                x: number.width + 20
                                width: parent.width - x
                                text: meaning.modelData
                            }
                        }
                    }
                }
            }
            Banner {
                objectName: "nothing-submitted"
                width: parent.width
                visible: Trouble.receipt.length === 0 && Trouble.submits
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
}
