// One of the header's switches: an icon with its words beneath, big enough for any thumb.
pragma ComponentBehavior: Bound
import QtQuick
import Kiosk

Rectangle {
    id: control

    required property string name
    property string icon: ""
    property string text: ""
    property string words: ""
    property bool checked: false
    readonly property color ink: checked ? Theme.primaryInk : Theme.primary

    signal pressed

    objectName: name
    width: 124
    height: Math.max(108, Theme.target)
    radius: Theme.fieldRadius
    color: checked ? Theme.primary : tap.pressed ? Theme.primarySoft : "transparent"
    border.width: Theme.contrast ? 3 : 0
    border.color: Theme.text

    Accessible.role: Accessible.Button
    Accessible.name: words
    Accessible.checkable: true
    Accessible.checked: checked
    Accessible.onPressAction: control.pressed()

    Touch {
        id: tap
        onTapped: control.pressed()
    }
    Column {
        anchors.centerIn: parent
        spacing: 2

        Icon {
            anchors.horizontalCenter: parent.horizontalCenter
            name: control.icon
            color: control.ink
            size: 44
            weight: 2
        }
        Words {
            anchors.horizontalCenter: parent.horizontalCenter
            text: control.words
            color: control.ink
            font.pixelSize: 28
            lineHeight: 0.94
            wrapMode: Text.NoWrap
        }
    }
}
