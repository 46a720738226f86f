// Shows that the machine is at work. It says nothing about how far; progress moves on facts only.
pragma ComponentBehavior: Bound
import QtQuick
import Kiosk

Item {
    id: mark

    property real size: 120

    implicitWidth: size
    implicitHeight: size

    Repeater {
        model: 8

        Rectangle {
            id: dot

            required property int index
            readonly property real angle: index * Math.PI / 4

            width: mark.size * 0.13
            height: width
            radius: width / 2
            color: Theme.primary
            x: mark.size / 2 + Math.cos(angle) * mark.size * 0.4 - width / 2
            y: mark.size / 2 + Math.sin(angle) * mark.size * 0.4 - height / 2
            opacity: 0.2

            SequentialAnimation on opacity {
                loops: Animation.Infinite
                running: mark.visible

                PauseAnimation { duration: dot.index * 110 }
                NumberAnimation { from: 0.2; to: 1; duration: 160 }
                NumberAnimation { to: 0.2; duration: 420 }
                PauseAnimation { duration: (7 - dot.index) * 110 }
            }
        }
    }
}
