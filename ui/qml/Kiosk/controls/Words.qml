// Every piece of text: the one family, the theme's line height, wrapping, no rich text by accident.
pragma ComponentBehavior: Bound
import QtQuick
import Kiosk

Text {
    color: Theme.text
    font.family: Theme.family
    font.pixelSize: Theme.body
    lineHeight: Theme.lineHeight
    wrapMode: Text.Wrap
    textFormat: Text.PlainText
    font.features: { "tnum": 1 }
}
