// Always there, never scrolls: where you are, what time it is, and how the screen speaks and looks.
pragma ComponentBehavior: Bound
import QtQuick
import Kiosk
import Kiosk.Views

Rectangle {
    id: header

    implicitHeight: 136
    color: Theme.card

    Rectangle {
        anchors.bottom: parent.bottom
        width: parent.width
        height: Theme.outline
        color: Theme.line
    }
    Rectangle {
        id: crest
        x: Theme.margin
        anchors.verticalCenter: parent.verticalCenter
        width: 72
        height: 72
        radius: 18
        color: Theme.primary

        Icon {
            anchors.centerIn: parent
            name: "home"
            size: 44
            color: Theme.primaryInk
            weight: 2
        }
    }
    Column {
        anchors.left: crest.right
        anchors.leftMargin: 20
        anchors.right: switches.left
        anchors.rightMargin: 20
        anchors.verticalCenter: parent.verticalCenter

        Words {
            width: parent.width
            text: Visit.hallTitle
            font.pixelSize: 30
            font.bold: true
            lineHeight: 0.82
            maximumLineCount: 2
            wrapMode: Text.Wrap
            elide: Text.ElideRight
        }
        Words {
            width: parent.width
            text: Visit.kiosk + " · " + clock.words
            color: Theme.secondary
            font.pixelSize: 28
            lineHeight: 0.96
            wrapMode: Text.NoWrap
            elide: Text.ElideRight
        }
    }
    Row {
        id: switches
        anchors.right: parent.right
        anchors.rightMargin: Theme.margin
        anchors.verticalCenter: parent.verticalCenter
        spacing: 8

        HeaderSwitch {
            name: "language"
            icon: "globe"
            text: Visit.language === "zh" ? "EN" : "中"
            words: Visit.language === "zh" ? "English" : "中文"
            onPressed: Visit.act("language", Visit.language === "zh" ? "en" : "zh")
        }
        HeaderSwitch {
            name: "mode-large"
            icon: "text-size"
            checked: Theme.large
            words: qsTrId("header.large")
            onPressed: Visit.act("mode", Theme.large ? "normal" : "large")
        }
        HeaderSwitch {
            name: "mode-contrast"
            icon: "contrast"
            checked: Theme.contrast
            words: qsTrId("header.contrast")
            onPressed: Visit.act("mode", Theme.contrast ? "normal" : "contrast")
        }
        HeaderSwitch {
            name: "mode-low"
            icon: "low"
            checked: Theme.low
            words: qsTrId("header.low")
            onPressed: Visit.act("mode", Theme.low ? "normal" : "low")
        }
    }
    ClockWords {
        id: clock
    }
}
