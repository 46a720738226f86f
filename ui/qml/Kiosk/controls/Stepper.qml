// Where the citizen is: named steps, the current one in words, never per cent.
pragma ComponentBehavior: Bound
import QtQuick
import Kiosk

Item {
    id: stepper

    property var names: []
    property int current: 0

    implicitHeight: bar.height + label.implicitHeight + 16

    Accessible.role: Accessible.StaticText
    Accessible.name: label.text

    Row {
        id: bar
        width: parent.width
        height: 10
        spacing: 10

        Repeater {
            model: stepper.names.length

            Rectangle {
                required property int index

                width: (bar.width - bar.spacing * (stepper.names.length - 1)) / Math.max(1, stepper.names.length)
                height: bar.height
                radius: 5
                color: index <= stepper.current ? Theme.primary : Theme.line
                border.width: Theme.contrast ? 2 : 0
                border.color: Theme.text
                opacity: index < stepper.current ? 0.55 : 1
            }
        }
    }
    Words {
        id: label
        anchors.top: bar.bottom
        anchors.topMargin: 12
        width: parent.width
        //% "Step %1 of %2: %3"
        text: stepper.names.length > 0 ? qsTrId("stepper.where").arg(stepper.current + 1).arg(stepper.names.length).arg(stepper.names[stepper.current]) : ""
        color: Theme.secondary
        font.pixelSize: Theme.small
    }
}
