// What will be read, why, and how long it is kept; said before it is done.
pragma ComponentBehavior: Bound
import QtQuick
import Kiosk
import Kiosk.Views

PageFrame {
    id: page

    title: Visit.itemTitle
    lead: qsTrId("consent.lead")
    backText: qsTrId("button.back")
    primaryText: qsTrId("consent.agree")
    primaryName: "consent"

    ScrollArea {
        anchors.fill: parent

        Column {
            width: parent.width
            spacing: Theme.gap

            Panel {
                width: parent.width
                height: reads.implicitHeight + 80

                Column {
                    id: reads
                    x: 40
                    y: 40
                    width: parent.width - 80
                    spacing: 20

                    Row {
                        spacing: 20

                        Icon {
                            anchors.verticalCenter: parent.verticalCenter
                            name: "card"
                            size: 56
                            color: Theme.primary
                        }
                        Words {
                            width: reads.width - 76
                            text: qsTrId("consent.reads")
                            font.pixelSize: Theme.heading
                            font.bold: true
                            lineHeight: 1.02
                        }
                    }
                    Repeater {
                        model: Consent.reads

                        Row {
                            id: line

                            required property string modelData

                            spacing: 16

                            Icon {
                                y: (Theme.body * Theme.lineHeight - height) / 2
                                name: "check"
                                size: Theme.body
                                color: Theme.success
                                weight: 2.4
                            }
                            Words {
                                width: reads.width - Theme.body - 16
                                text: line.modelData
                            }
                        }
                    }
                }
            }
            Panel {
                width: parent.width
                height: why.implicitHeight + 80

                Column {
                    id: why
                    x: 40
                    y: 40
                    width: parent.width - 80
                    spacing: 28

                    Repeater {
                        model: [
                            { icon: "help", label: qsTrId("consent.purpose"), text: Consent.purpose },
                            { icon: "clock", label: qsTrId("consent.keeps"), text: Consent.keeps },
                            { icon: "printer", label: qsTrId("consent.result"), text: Consent.result }
                        ]

                        Row {
                            id: reason

                            required property var modelData

                            spacing: 20

                            Icon {
                                name: reason.modelData.icon
                                size: 56
                                color: Theme.primary
                            }
                            Column {
                                width: why.width - 76

                                Words {
                                    width: parent.width
                                    text: reason.modelData.label
                                    color: Theme.secondary
                                    font.pixelSize: Theme.small
                                }
                                Words {
                                    width: parent.width
                                    text: reason.modelData.text
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
