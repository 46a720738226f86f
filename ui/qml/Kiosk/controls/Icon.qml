// A line icon in any colour; `ui/icons.py` draws it.
pragma ComponentBehavior: Bound
import QtQuick
import Kiosk

Image {
    id: icon

    property string name: ""
    property color color: Theme.text
    property real size: 48
    property real weight: 1.75

    width: size
    height: size
    sourceSize.width: Math.ceil(size)
    sourceSize.height: Math.ceil(size)
    source: name.length > 0 ? "image://icons/" + name + "/" + color.toString().slice(-6) + "/" + weight : ""
}
