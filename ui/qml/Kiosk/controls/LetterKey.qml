// One key of the letter pad.
pragma ComponentBehavior: Bound
import QtQuick
import Kiosk

Rectangle {
    id: key

    required property string name
    property string text: ""
    property string icon: ""
    property string words: text

    signal pressed

    objectName: name
    radius: Theme.fieldRadius
    color: tap.pressed ? Theme.primarySoft : Theme.card
    border.width: Theme.contrast ? 3 : 1
    border.color: tap.pressed ? Theme.primary : Theme.line

    Accessible.role: Accessible.Button
    Accessible.name: words
    Accessible.onPressAction: key.pressed()

    Touch {
        id: tap
        onTapped: key.pressed()
    }
    Words {
        anchors.centerIn: parent
        visible: key.text.length > 0
        text: key.text
        font.pixelSize: Theme.heading
        lineHeight: 1
    }
    Icon {
        anchors.centerIn: parent
        visible: key.icon.length > 0
        name: key.icon
        size: 56
    }
}
