// The visit is wiped. What was left on the machine is called out, then a plain goodbye.
pragma ComponentBehavior: Bound
import QtQuick
import Kiosk
import Kiosk.Views

Item {
    id: page

    readonly property bool wide: width > height * 1.25

    Column {
        anchors.centerIn: parent
        width: parent.width - 2 * Theme.margin
        spacing: 40

        ReaderPicture {
            width: parent.width
            height: Math.min(560, page.height * 0.4)
            visible: Visit.cardPresent
            take: true
        }
        Rectangle {
            anchors.horizontalCenter: parent.horizontalCenter
            width: 260
            height: 260
            radius: 130
            visible: !Visit.cardPresent
            color: Theme.successSoft
            border.width: Theme.contrast ? 3 : 0
            border.color: Theme.success

            Icon {
                anchors.centerIn: parent
                name: "check"
                size: 150
                color: Theme.success
                weight: 1.8
            }
        }
        Words {
            objectName: Visit.cardPresent ? "take-card" : "goodbye"
            width: parent.width
            horizontalAlignment: Text.AlignHCenter
            text: Visit.cardPresent ? qsTrId("leaving.take_card") : qsTrId("leaving.goodbye")
            font.pixelSize: Theme.title * 1.2
            font.bold: true
            lineHeight: 1.02
            Accessible.role: Accessible.Heading
            Accessible.name: text
        }
        Words {
            width: parent.width
            horizontalAlignment: Text.AlignHCenter
            text: Visit.cardPresent ? qsTrId("leaving.take_card.do") : qsTrId("leaving.wiped")
            color: Theme.secondary
        }
    }
    Touch {
        onTapped: Visit.act("begin", "")
    }
}
