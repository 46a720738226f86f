// This machine's card reader and how the card lies on it, shown by doing it every few seconds.
pragma ComponentBehavior: Bound
import QtQuick
import Kiosk

Item {
    id: picture

    property bool found: false
    property bool take: false
    readonly property real unit: Math.min(width / 420, height / 300)

    implicitHeight: 480

    Item {
        width: 420 * picture.unit
        height: 300 * picture.unit
        anchors.centerIn: parent

        Rectangle {
            // The reader's pad, seen from above.
            x: 60 * picture.unit
            y: 84 * picture.unit
            width: 300 * picture.unit
            height: 200 * picture.unit
            radius: 26 * picture.unit
            color: Theme.contrast ? "#000000" : "#2B3747"
            border.width: Theme.contrast ? 3 : 0
            border.color: Theme.text

            Rectangle {
                anchors.fill: parent
                anchors.margins: 14 * picture.unit
                radius: 18 * picture.unit
                color: "transparent"
                border.width: 3 * picture.unit
                border.color: picture.found ? "#58C98B" : picture.take ? Theme.focus : "#6FA8DC"
            }
            Rectangle {
                // The lamp.
                x: parent.width - 40 * picture.unit
                y: parent.height - 32 * picture.unit
                width: 16 * picture.unit
                height: 16 * picture.unit
                radius: width / 2
                color: picture.found ? "#58C98B" : picture.take ? Theme.focus : "#6FA8DC"

                SequentialAnimation on opacity {
                    loops: Animation.Infinite
                    running: picture.visible && !picture.found

                    NumberAnimation { to: 0.35; duration: 700 }
                    NumberAnimation { to: 1; duration: 700 }
                }
            }
        }
        Rectangle {
            id: card
            x: 104 * picture.unit
            y: (picture.found ? 122 : card.restY) * picture.unit
            width: 212 * picture.unit
            height: 134 * picture.unit
            radius: 10 * picture.unit
            color: "#F3F8FC"
            border.width: 2
            border.color: "#8FB4D4"

            property real restY: 122

            Rectangle {
                x: 14 * picture.unit
                y: 14 * picture.unit
                width: 84 * picture.unit
                height: 10 * picture.unit
                radius: 3
                color: "#9DBBD4"
            }
            Repeater {
                model: 3

                Rectangle {
                    required property int index

                    x: 14 * picture.unit
                    y: (36 + index * 18) * picture.unit
                    width: (108 - index * 18) * picture.unit
                    height: 7 * picture.unit
                    radius: 3
                    color: "#C3D6E6"
                }
            }
            Rectangle {
                x: 14 * picture.unit
                y: 108 * picture.unit
                width: 124 * picture.unit
                height: 9 * picture.unit
                radius: 3
                color: "#9DBBD4"
            }
            Rectangle {
                x: 146 * picture.unit
                y: 22 * picture.unit
                width: 50 * picture.unit
                height: 64 * picture.unit
                radius: 4
                color: "#DCE9F3"
                border.width: 1
                border.color: "#A9C4DA"

                Icon {
                    anchors.centerIn: parent
                    name: "person"
                    size: 40 * picture.unit
                    color: "#7FA3C2"
                }
            }
            SequentialAnimation on restY {
                loops: Animation.Infinite
                running: picture.visible && !picture.found

                PropertyAction { value: picture.take ? 122 : 4 }
                PauseAnimation { duration: 400 }
                NumberAnimation { to: picture.take ? 4 : 122; duration: 900; easing.type: Easing.InOutCubic }
                PauseAnimation { duration: 2200 }
            }
        }
    }
}
