// What the register says, and the decision: print it or not.
pragma ComponentBehavior: Bound
import QtQuick
import Kiosk
import Kiosk.Views

PageFrame {
    id: page

    readonly property bool blocked: Review.blocked.length > 0

    title: qsTrId("review.title")
    lead: qsTrId("review.lead")
    backText: qsTrId("button.back")
    primaryText: qsTrId("review.confirm")
    primaryName: "confirm"
    primaryIcon: "printer"
    primaryActive: !blocked

    ScrollArea {
        anchors.fill: parent

        Column {
            width: parent.width
            spacing: Theme.gap

            Banner {
                objectName: "review-blocked"
                width: parent.width
                visible: page.blocked
                title: Visit.words(Review.blocked, "title")
                text: qsTrId("review.blocked.do").arg(Visit.hallDesk)
            }
            Rectangle {
                width: parent.width
                height: headline.implicitHeight + 72
                radius: Theme.radius
                visible: Review.headlineLabel.length > 0
                color: Theme.contrast ? "#000000" : Theme.brand
                border.width: Theme.contrast ? 3 : 0
                border.color: Theme.text

                Column {
                    id: headline
                    x: 40
                    y: 36
                    width: parent.width - 80

                    Words {
                        width: parent.width
                        text: Review.headlineLabel
                        color: "#FFFFFF"
                        opacity: 0.92
                    }
                    Words {
                        width: parent.width
                        text: Review.headlineValue
                        color: "#FFFFFF"
                        font.pixelSize: Theme.title * 1.3
                        font.bold: true
                        lineHeight: 1.02
                    }
                }
            }
            Panel {
                width: parent.width
                height: facts.implicitHeight + 32

                Column {
                    id: facts
                    y: 16
                    width: parent.width

                    Repeater {
                        model: Review.facts

                        FactRow {
                            required property var modelData
                            required property int index

                            width: facts.width
                            label: modelData.label
                            value: modelData.value
                            last: index === Review.facts.length - 1
                        }
                    }
                }
            }
            Panel {
                width: parent.width
                height: rows.implicitHeight + 64
                visible: Review.rows.length > 0

                Column {
                    id: rows
                    y: 32
                    width: parent.width
                    spacing: 16

                    Words {
                        x: 32
                        width: parent.width - 64
                        text: Review.tableTitle
                        font.bold: true
                    }
                    FactTable {
                        x: 0
                        width: parent.width
                        columns: Review.columns
                        rows: Review.rows
                    }
                }
            }
            Words {
                width: parent.width
                text: qsTrId("review.as_of").arg(Review.asOf)
                color: Theme.secondary
                font.pixelSize: Theme.small
                bottomPadding: 96
            }
        }
    }
}
