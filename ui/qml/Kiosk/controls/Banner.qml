// A sentence that matters beside the work: icon, words, never colour alone.
pragma ComponentBehavior: Bound
import QtQuick
import Kiosk

Rectangle {
    id: banner

    property string kind: "warning" // warning | danger | success | info
    property string title: ""
    property string text: ""
    readonly property color ink: kind === "danger" ? Theme.danger : kind === "success" ? Theme.success : kind === "info" ? Theme.primary : Theme.warning

    implicitHeight: words.implicitHeight + 48
    radius: Theme.fieldRadius
    color: kind === "danger" ? Theme.dangerSoft : kind === "success" ? Theme.successSoft : kind === "info" ? Theme.primarySoft : Theme.warningSoft
    border.width: Theme.contrast ? 3 : 0
    border.color: ink

    Accessible.role: Accessible.AlertMessage
    Accessible.name: title + " " + text

    Icon {
        id: mark
        x: 32
        y: 24 + Math.max(0, (Theme.body * Theme.lineHeight - size) / 2)
        name: banner.kind === "danger" ? "error" : banner.kind === "success" ? "check" : banner.kind === "info" ? "bell" : "warning"
        color: banner.ink
        size: Theme.body * 1.3
        weight: 2
    }
    Column {
        id: words
        anchors.left: mark.right
        anchors.leftMargin: 24
        anchors.right: parent.right
        anchors.rightMargin: 32
        y: 24

        Words {
            width: parent.width
            visible: text.length > 0
            text: banner.title
            color: banner.ink
            font.bold: true
        }
        Words {
            width: parent.width
            visible: text.length > 0
            text: banner.text
            color: Theme.text
        }
    }
}
