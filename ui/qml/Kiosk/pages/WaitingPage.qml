// Somebody else is at work: a register, or the terminal's own store. Says who and at what.
pragma ComponentBehavior: Bound
import QtQuick
import Kiosk
import Kiosk.Views

PageFrame {
    id: page

    readonly property bool asking: Visit.situation === "Asking"

    title: asking ? qsTrId("asking.title") : qsTrId("committing.title")
    lead: asking ? Visit.waitingFor : qsTrId("committing.lead")
    backText: asking ? qsTrId("button.back") : ""

    Panel {
        id: person
        objectName: "identity"
        width: parent.width
        height: visible ? line.implicitHeight + 64 : 0
        visible: Visit.who.length > 0

        Row {
            id: line
            x: 40
            y: 32
            spacing: 24

            Icon {
                anchors.verticalCenter: parent.verticalCenter
                name: "user-check"
                size: 64
                color: Theme.success
                weight: 2
            }
            Column {
                width: person.width - 168

                Words {
                    width: parent.width
                    text: qsTrId("asking.who")
                    color: Theme.secondary
                    font.pixelSize: Theme.small
                }
                Words {
                    width: parent.width
                    text: Visit.who
                    font.bold: true
                }
            }
        }
    }
    WaitingMark {
        anchors.horizontalCenter: parent.horizontalCenter
        y: person.height + Math.max(48, (parent.height - person.height) * 0.36 - size / 2)
        size: 200
    }
}
