// The upper part of the screen in low reach: information that nobody has to touch.
pragma ComponentBehavior: Bound
import QtQuick
import Kiosk
import Kiosk.Views

Rectangle {
    id: board

    color: Theme.brand

    ClockWords {
        id: clock
    }
    Column {
        anchors.centerIn: parent
        width: parent.width - 2 * Theme.margin
        spacing: 16

        Words {
            width: parent.width
            horizontalAlignment: Text.AlignHCenter
            text: Visit.hallTitle
            color: "#FFFFFF"
            font.pixelSize: 48
            font.bold: true
        }
        Words {
            width: parent.width
            horizontalAlignment: Text.AlignHCenter
            text: clock.words
            color: "#FFFFFF"
            font.pixelSize: 160
            wrapMode: Text.NoWrap
            font.bold: true
            lineHeight: 1
        }
        Words {
            width: parent.width
            horizontalAlignment: Text.AlignHCenter
            text: clock.day
            color: "#FFFFFF"
            font.pixelSize: 36
        }
    }
}
