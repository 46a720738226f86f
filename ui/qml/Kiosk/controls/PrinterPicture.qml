// This machine's printer and where the paper comes out. The sheet moves while paper is being made.
pragma ComponentBehavior: Bound
import QtQuick
import Kiosk

Item {
    id: picture

    property bool working: true
    property bool out: false
    property bool stopped: false
    // How far the sheet is out, from 0 to 1. Animated apart from the size, which may still be settling.
    property real fed: 0
    readonly property real unit: Math.min(width / 420, height / 300)

    implicitHeight: 420

    Item {
        width: 420 * picture.unit
        height: 300 * picture.unit
        anchors.centerIn: parent

        Rectangle {
            x: 70 * picture.unit
            y: 20 * picture.unit
            width: 280 * picture.unit
            height: 120 * picture.unit
            radius: 18 * picture.unit
            color: Theme.contrast ? "#000000" : "#2B3747"
            border.width: Theme.contrast ? 3 : 0
            border.color: Theme.text

            Rectangle {
                x: 24 * picture.unit
                y: 24 * picture.unit
                width: 16 * picture.unit
                height: 16 * picture.unit
                radius: width / 2
                color: picture.stopped ? Theme.focus : "#58C98B"
            }
            Rectangle {
                x: 30 * picture.unit
                y: parent.height - 26 * picture.unit
                width: parent.width - 60 * picture.unit
                height: 12 * picture.unit
                radius: 6 * picture.unit
                color: Theme.contrast ? "#FFFFFF" : "#0F1720"
            }
        }
        Item {
            // What is below the slot is seen, what is above it is still inside.
            x: 110 * picture.unit
            y: 122 * picture.unit
            width: 200 * picture.unit
            height: 178 * picture.unit
            clip: true

            Rectangle {
                id: sheet
                width: parent.width
                height: 170 * picture.unit
                y: (picture.out ? 0 : picture.stopped ? -170 : -170 + 150 * picture.fed) * picture.unit
                color: "#FFFFFF"
                border.width: 2
                border.color: "#B7C4D2"

                Column {
                    x: 24 * picture.unit
                    y: 22 * picture.unit
                    spacing: 12 * picture.unit

                    Repeater {
                        model: 5

                        Rectangle {
                            required property int index

                            width: (index === 0 ? 90 : 150 - index * 8) * picture.unit
                            height: (index === 0 ? 12 : 7) * picture.unit
                            radius: 3
                            color: index === 0 ? "#6F94B5" : "#C9D6E2"
                        }
                    }
                }
            }
        }
    }
    SequentialAnimation on fed {
        loops: Animation.Infinite
        running: picture.visible && picture.working && !picture.out && !picture.stopped

        NumberAnimation { from: 0; to: 1; duration: 1900; easing.type: Easing.OutCubic }
        PauseAnimation { duration: 900 }
    }
}
