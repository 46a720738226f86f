// The receipt number, large enough to be copied or photographed.
pragma ComponentBehavior: Bound
import QtQuick
import Kiosk

Panel {
    id: panel

    property string receipt: ""
    property string note: ""

    implicitHeight: words.implicitHeight + 56
    color: Theme.primarySoft
    border.color: Theme.primary

    Accessible.role: Accessible.StaticText
    Accessible.name: qsTrId("receipt.label") + " " + receipt

    Column {
        id: words
        x: 40
        y: 28
        width: parent.width - 80

        Words {
            width: parent.width
            text: qsTrId("receipt.label")
            color: Theme.secondary
            font.pixelSize: Theme.small
        }
        Words {
            objectName: "receipt-number"
            width: parent.width
            text: panel.receipt
            color: Theme.primary
            font.pixelSize: Theme.heading
            font.bold: true
            lineHeight: 1.04
            fontSizeMode: Text.HorizontalFit
            minimumPixelSize: 28
            wrapMode: Text.NoWrap
        }
        Words {
            width: parent.width
            visible: text.length > 0
            text: panel.note
            color: Theme.secondary
            font.pixelSize: Theme.small
        }
    }
}
