// A service: what it is, what it takes, and, when it cannot be had now, why.
pragma ComponentBehavior: Bound
import QtQuick
import Kiosk

Rectangle {
    id: tile

    required property string itemId
    required property string title
    required property string summary
    required property string icon
    required property string brings
    required property string needs
    required property string blockedWhy
    readonly property bool active: blockedWhy.length === 0

    signal pressed

    objectName: "item-" + itemId
    implicitHeight: words.implicitHeight + 52
    radius: Theme.radius
    color: tap.pressed && active ? Theme.primarySoft : Theme.card
    border.width: Theme.contrast ? 3 : tap.pressed && active ? 2 : 1
    border.color: tap.pressed && active ? Theme.primary : Theme.line

    Accessible.role: Accessible.Button
    Accessible.name: title
    Accessible.description: active ? summary : blockedWhy
    Accessible.onPressAction: if (tile.active) tile.pressed()

    Touch {
        id: tap
        enabled: tile.active
        gesturePolicy: TapHandler.DragThreshold // the list it is in can be drawn on by it
        onTapped: tile.pressed()
    }
    Rectangle {
        id: badge
        x: 32
        y: 26
        width: 104
        height: 104
        radius: 28
        color: tile.active ? Theme.primarySoft : Theme.sunken
        border.width: Theme.contrast ? 3 : 0
        border.color: Theme.text

        Icon {
            anchors.centerIn: parent
            name: tile.icon
            size: 64
            color: tile.active ? Theme.primary : Theme.disabledText
        }
    }
    Column {
        id: words
        anchors.left: badge.right
        anchors.leftMargin: 32
        anchors.right: arrow.left
        anchors.rightMargin: 16
        y: 26
        spacing: 8

        Words {
            width: parent.width
            text: tile.title
            font.pixelSize: Theme.heading
            font.bold: true
            lineHeight: 1.02
            color: tile.active ? Theme.text : Theme.disabledText
        }
        Words {
            width: parent.width
            text: tile.summary
            color: tile.active ? Theme.secondary : Theme.disabledText
            font.pixelSize: Theme.small
        }
        Row {
            visible: tile.active
            spacing: 12
            topPadding: 4

            Icon {
                anchors.verticalCenter: parent.verticalCenter
                name: tile.brings === "card" ? "card" : tile.brings === "code" ? "paper" : "clock"
                size: Theme.small * 1.2
                color: Theme.primary
            }
            Words {
                anchors.verticalCenter: parent.verticalCenter
                text: tile.needs
                color: Theme.primary
                font.pixelSize: Theme.small
                lineHeight: 0.94
            }
        }
        Row {
            visible: !tile.active
            width: parent.width
            spacing: 12
            topPadding: 4

            Icon {
                name: "warning"
                size: Theme.small * 1.2
                color: Theme.warning
                weight: 2
            }
            Words {
                width: parent.width - 48
                text: tile.blockedWhy
                color: Theme.warning
                font.pixelSize: Theme.small
                font.bold: true
                lineHeight: 0.96
            }
        }
    }
    Icon {
        id: arrow
        anchors.right: parent.right
        anchors.rightMargin: 28
        anchors.verticalCenter: parent.verticalCenter
        visible: tile.active
        name: "arrow-right"
        size: 48
        color: Theme.secondary
    }
}
