// A label and what the register says to it.
pragma ComponentBehavior: Bound
import QtQuick
import Kiosk

Item {
    id: row

    required property string label
    required property string value
    property bool last: false
    readonly property bool stacked: labelSize.advanceWidth > width * 0.45 - 48 || valueSize.advanceWidth > width * 0.55 - 64

    implicitHeight: (stacked ? labelWords.height + valueWords.height : Math.max(labelWords.height, valueWords.height)) + 36

    TextMetrics {
        id: labelSize
        font: labelWords.font
        text: row.label
    }
    TextMetrics {
        id: valueSize
        font: valueWords.font
        text: row.value
    }
    Accessible.role: Accessible.StaticText
    Accessible.name: label + " " + value

    Words {
        id: labelWords
        x: 32
        y: 18
        width: row.stacked ? row.width - 64 : row.width * 0.45
        text: row.label
        color: Theme.secondary
    }
    Words {
        id: valueWords
        x: row.stacked ? 32 : row.width * 0.45 + 32
        y: row.stacked ? 18 + labelWords.height : 18
        width: row.width - x - 32
        horizontalAlignment: row.stacked ? Text.AlignLeft : Text.AlignRight
        text: row.value
        font.bold: true
    }
    Rectangle {
        anchors.bottom: parent.bottom
        x: 32
        width: parent.width - 64
        height: Theme.outline
        visible: !row.last
        color: Theme.line
    }
}
