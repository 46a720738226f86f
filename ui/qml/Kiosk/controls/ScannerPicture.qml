// This machine's scanner window and how a paper is held before it, shown by doing it every few seconds.
pragma ComponentBehavior: Bound
import QtQuick
import Kiosk

Item {
    id: picture

    property bool refused: false
    readonly property real unit: Math.min(width / 420, height / 300)
    readonly property color light: refused ? Theme.focus : "#6FA8DC"
    // Modules of a code that is none, column and row on a grid of eleven.
    readonly property var modules: [[5, 0], [4, 1], [6, 1], [5, 2], [4, 3], [6, 4], [0, 4], [2, 4], [3, 5], [5, 5], [7, 5], [9, 5], [1, 6], [4, 6], [8, 6], [10, 6], [5, 7], [7, 7], [9, 8], [6, 8], [4, 9], [8, 9], [10, 9], [5, 10], [7, 10], [9, 10], [10, 4], [8, 4]]

    implicitHeight: 480

    component Finder: Rectangle {
        width: 18 * picture.unit
        height: width
        color: "transparent"
        border.width: 4 * picture.unit
        border.color: "#1B2430"

        Rectangle {
            anchors.centerIn: parent
            width: 5 * picture.unit
            height: width
            color: "#1B2430"
        }
    }

    Item {
        width: 420 * picture.unit
        height: 300 * picture.unit
        anchors.centerIn: parent

        Rectangle {
            id: paper
            x: 160 * picture.unit
            y: heldY * picture.unit
            width: 176 * picture.unit
            height: 180 * picture.unit
            color: "#FFFFFF"
            border.width: 2
            border.color: "#B7C4D2"

            property real heldY: 34

            Rectangle {
                anchors.horizontalCenter: parent.horizontalCenter
                y: 20 * picture.unit
                width: 92 * picture.unit
                height: 12 * picture.unit
                radius: 3
                color: "#6F94B5"
            }
            Repeater {
                model: 4

                Rectangle {
                    required property int index

                    x: 18 * picture.unit
                    y: (44 + index * 15) * picture.unit
                    width: (140 - (index === 3 ? 52 : 0)) * picture.unit
                    height: 7 * picture.unit
                    radius: 3
                    color: "#C9D6E2"
                }
            }
            Item {
                // The code stands at the foot of the paper, on the left, as the printer draws it.
                x: 16 * picture.unit
                y: 110 * picture.unit
                width: 58 * picture.unit
                height: width

                Finder {}
                Finder {
                    x: parent.width - width
                }
                Finder {
                    y: parent.height - height
                }
                Repeater {
                    model: picture.modules

                    Rectangle {
                        required property var modelData

                        x: modelData[0] * 5.3 * picture.unit
                        y: modelData[1] * 5.3 * picture.unit
                        width: 5 * picture.unit
                        height: width
                        color: "#1B2430"
                    }
                }
            }
            Repeater {
                model: 3

                Rectangle {
                    required property int index

                    x: 86 * picture.unit
                    y: (117 + index * 15) * picture.unit
                    width: (72 - index * 14) * picture.unit
                    height: 6 * picture.unit
                    radius: 3
                    color: "#C9D6E2"
                }
            }
            SequentialAnimation on heldY {
                loops: Animation.Infinite
                running: picture.visible

                PropertyAction { value: 0 }
                PauseAnimation { duration: 400 }
                NumberAnimation { to: 34; duration: 900; easing.type: Easing.InOutCubic }
                PauseAnimation { duration: 2400 }
            }
        }
        Rectangle {
            // The light that falls out of the window onto the code.
            x: 152 * picture.unit
            y: 130 * picture.unit
            width: 108 * picture.unit
            height: 104 * picture.unit
            opacity: 0.5

            gradient: Gradient {
                GradientStop { position: 0; color: "transparent" }
                GradientStop { position: 1; color: picture.light }
            }
        }
        Rectangle {
            // The machine's front around the window.
            x: 76 * picture.unit
            y: 222 * picture.unit
            width: 268 * picture.unit
            height: 72 * picture.unit
            radius: 20 * picture.unit
            color: Theme.contrast ? "#000000" : "#2B3747"
            border.width: Theme.contrast ? 3 : 0
            border.color: Theme.text

            Rectangle {
                x: 62 * picture.unit
                y: 12 * picture.unit
                width: 136 * picture.unit
                height: 30 * picture.unit
                radius: 8 * picture.unit
                color: "#0F1720"
                border.width: 3 * picture.unit
                border.color: picture.light

                Rectangle {
                    anchors.centerIn: parent
                    width: parent.width - 36 * picture.unit
                    height: 5 * picture.unit
                    radius: height / 2
                    color: picture.light

                    SequentialAnimation on opacity {
                        loops: Animation.Infinite
                        running: picture.visible

                        NumberAnimation { to: 0.35; duration: 700 }
                        NumberAnimation { to: 1; duration: 700 }
                    }
                }
            }
        }
    }
}
