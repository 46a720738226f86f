// The button. `kind` says how much it matters; a disabled one says why in `reason` beneath its words.
pragma ComponentBehavior: Bound
import QtQuick
import Kiosk

Rectangle {
    id: button

    required property string name
    property string text: ""
    property string icon: ""
    property string kind: "primary" // primary | secondary | quiet
    property string reason: ""
    property bool active: true
    property bool checked: false
    readonly property bool filled: kind === "primary"
    readonly property color ink: !active ? Theme.disabledText : filled ? Theme.primaryInk : kind === "quiet" && !checked ? Theme.text : Theme.primary

    signal pressed

    objectName: name
    implicitWidth: Math.max(content.implicitWidth + 80, Theme.target)
    implicitHeight: Math.max(Theme.target, content.implicitHeight + 32)
    radius: Theme.fieldRadius
    color: !active ? Theme.sunken : filled ? (tap.pressed ? Theme.primaryPressed : Theme.primary) : tap.pressed || checked ? Theme.primarySoft : kind === "quiet" ? "transparent" : Theme.card
    border.width: kind === "quiet" ? (Theme.contrast ? 3 : checked ? 2 : 0) : filled && active ? 0 : Theme.contrast ? 3 : 2
    border.color: !active ? Theme.line : filled ? "transparent" : Theme.primary
    scale: tap.pressed && active ? 0.985 : 1

    Accessible.role: Accessible.Button
    Accessible.name: text
    Accessible.description: reason
    Accessible.onPressAction: if (button.active) button.pressed()

    Touch {
        id: tap
        enabled: button.active
        onTapped: button.pressed()
    }

    Column {
        id: content
        anchors.centerIn: parent
        spacing: 2

        Row {
            anchors.horizontalCenter: parent.horizontalCenter
            spacing: 20

            Icon {
                anchors.verticalCenter: parent.verticalCenter
                visible: button.icon.length > 0 && button.icon !== "arrow-right"
                name: button.icon
                size: Theme.body * 1.25
                color: button.ink
                weight: 2
            }
            Words {
                anchors.verticalCenter: parent.verticalCenter
                visible: text.length > 0
                text: button.text
                color: button.ink
                font.bold: button.kind !== "quiet"
                font.pixelSize: Theme.body
                lineHeight: 0.94
                wrapMode: Text.NoWrap
            }
            Icon {
                anchors.verticalCenter: parent.verticalCenter
                visible: button.icon === "arrow-right"
                name: button.icon
                size: Theme.body * 1.25
                color: button.ink
                weight: 2
            }
        }
        Words {
            anchors.horizontalCenter: parent.horizontalCenter
            visible: !button.active && button.reason.length > 0
            text: button.reason
            color: Theme.disabledText
            font.pixelSize: Theme.small
            lineHeight: 0.94
            wrapMode: Text.NoWrap
        }
    }
}
