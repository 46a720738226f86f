// What the register says, and the decision: print it or not. Where nothing follows, it is the result.
pragma ComponentBehavior: Bound
import QtQuick
import Kiosk
import Kiosk.Views

PageFrame {
    id: page

    readonly property bool blocked: Review.blocked.length > 0

    title: Review.title.length > 0 ? Review.title : qsTrId("review.title")
    lead: Review.lead.length > 0 ? Review.lead : qsTrId("review.lead")
    backText: Review.endsHere ? qsTrId("button.other") : qsTrId("button.back")
    backName: Review.endsHere ? "home" : "back"
    secondaryText: Review.rescan ? qsTrId("review.rescan") : ""
    secondaryName: "again"
    secondaryIcon: "scan"
    primaryText: Review.endsHere ? qsTrId("button.done") : qsTrId("review.confirm")
    primaryName: Review.endsHere ? "leave" : "confirm"
    primaryIcon: Review.endsHere ? "check" : "printer"
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
            Banner {
                objectName: "finding-" + Review.tone
                width: parent.width
                visible: Review.finding.length > 0
                kind: Review.tone === "good" ? "success" : "warning"
                title: Review.finding
                text: Review.findingText
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
                        font.pixelSize: text.length > 12 ? Theme.heading * 1.2 : Theme.title * 1.3
                        font.bold: true
                        lineHeight: 1.02
                    }
                }
            }
            Panel {
                objectName: "listed"
                width: parent.width
                height: listed.implicitHeight + 48
                visible: Review.listed.length > 0

                Column {
                    id: listed
                    y: 32
                    width: parent.width

                    Words {
                        x: 32
                        width: parent.width - 64
                        text: Review.listedTitle
                        font.bold: true
                        bottomPadding: 8
                    }
                    Repeater {
                        model: Review.listed

                        FactRow {
                            required property var modelData
                            required property int index

                            width: listed.width
                            label: modelData.label
                            value: modelData.value
                            last: index === Review.listed.length - 1
                        }
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
