// Time is running out: who is still there says so, with the seconds left in plain sight.
pragma ComponentBehavior: Bound
import QtQuick
import Kiosk
import Kiosk.Views

Rectangle {
    id: dialog

    objectName: "time-warning"
    color: Theme.contrast ? "#E6000000" : "#B31B2430"

    // Nothing beneath may be touched.
    MouseArea {
        anchors.fill: parent
    }
    Panel {
        anchors.horizontalCenter: parent.horizontalCenter
        y: Theme.low ? parent.height - height - 80 : (parent.height - height) / 2
        width: Math.min(parent.width - 2 * Theme.margin, 920)
        height: words.implicitHeight + 112

        Accessible.role: Accessible.Dialog
        Accessible.name: heading.text

        Column {
            id: words
            x: 56
            y: 56
            width: parent.width - 112
            spacing: 28

            Words {
                id: heading
                width: parent.width
                horizontalAlignment: Text.AlignHCenter
                text: qsTrId("warning.title")
                font.pixelSize: Theme.title
                font.bold: true
                lineHeight: 1.02
            }
            Words {
                width: parent.width
                horizontalAlignment: Text.AlignHCenter
                text: Visit.secondsLeft.toString()
                color: Theme.warning
                font.pixelSize: Theme.display
                font.bold: true
                lineHeight: 0.94
            }
            Words {
                width: parent.width
                horizontalAlignment: Text.AlignHCenter
                text: Visit.situation === "Printing" ? qsTrId("warning.printing") : qsTrId("warning.text")
                color: Theme.secondary
            }
            PushButton {
                width: parent.width
                name: "still-here"
                icon: "hand"
                text: qsTrId("warning.stay")
                onPressed: Visit.act("still-here", "")
            }
            PushButton {
                width: parent.width
                kind: "secondary"
                name: "leave-now"
                icon: "close"
                text: qsTrId("warning.leave")
                onPressed: Visit.act("leave", "")
            }
        }
    }
}
