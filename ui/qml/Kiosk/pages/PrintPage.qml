// The case is kept; the paper is on its way, or waits for somebody, and then says for whom.
pragma ComponentBehavior: Bound
import QtQuick
import Kiosk
import Kiosk.Views

PageFrame {
    id: page

    readonly property bool held: Job.held.length > 0
    // A printer that went silent may have the sheet half out: nothing is promised until it is known.
    readonly property bool silent: ["printer.absent", "printer.offline", "printer.powered_off", "printer.spooler_down"].includes(Job.held)

    title: held ? Visit.words(Job.held, "title") : qsTrId("print.title")
    lead: silent ? qsTrId("print.silent") : held ? Visit.words(Job.held, "do") : qsTrId("print.lead")
    backText: held ? qsTrId("print.give_up") : ""
    backName: "leave"

    PrinterPicture {
        id: picture
        width: parent.width
        height: Math.min(640, parent.height - notes.implicitHeight - 48)
        stopped: page.held
        visible: height >= 180
    }
    ScrollArea {
        anchors.bottom: parent.bottom
        width: parent.width
        height: Math.min(notes.implicitHeight, parent.height)

        Column {
            id: notes
            width: parent.width
            spacing: Theme.gap

            Banner {
                objectName: "print-held-up"
                width: parent.width
                visible: page.held
                title: qsTrId("print.kept")
                text: qsTrId("print.kept.do").arg(Visit.hallDesk).arg(Visit.hallPhone)
                kind: "info"
            }
            Panel {
                width: parent.width
                height: lines.implicitHeight + 48

                Column {
                    id: lines
                    y: 24
                    width: parent.width

                    Repeater {
                        model: [
                            {
                                name: "saved",
                                text: qsTrId("print.step.saved"),
                                done: true,
                                now: false
                            },
                            {
                                name: "drawn",
                                text: qsTrId("print.step.drawn"),
                                done: Job.stage >= 1,
                                now: Job.stage === 0
                            },
                            {
                                name: "printed",
                                text: page.held ? qsTrId("print.step.held") : qsTrId("print.step.printing"),
                                done: false,
                                now: Job.stage >= 1
                            }
                        ]

                        Row {
                            id: line

                            required property var modelData

                            x: 40
                            height: Theme.body * 2
                            spacing: 24

                            Item {
                                anchors.verticalCenter: parent.verticalCenter
                                width: 56
                                height: 56

                                Icon {
                                    anchors.centerIn: parent
                                    visible: line.modelData.done
                                    name: "check"
                                    size: 52
                                    color: Theme.success
                                    weight: 2.4
                                }
                                WaitingMark {
                                    anchors.centerIn: parent
                                    visible: line.modelData.now && !line.modelData.done && !page.held
                                    size: 52
                                }
                                Icon {
                                    anchors.centerIn: parent
                                    visible: line.modelData.now && !line.modelData.done && page.held
                                    name: "warning"
                                    size: 52
                                    color: Theme.warning
                                    weight: 2
                                }
                            }
                            Words {
                                anchors.verticalCenter: parent.verticalCenter
                                width: lines.width - 160
                                text: line.modelData.text
                                color: line.modelData.done || line.modelData.now ? Theme.text : Theme.disabledText
                                font.bold: line.modelData.now
                                lineHeight: 0.94
                            }
                        }
                    }
                }
            }
            ReceiptPanel {
                width: parent.width
                receipt: Job.receipt
            }
        }
    }
}
