// A card: the plain surface that holds one thing.
pragma ComponentBehavior: Bound
import QtQuick
import Kiosk

Rectangle {
    color: Theme.card
    radius: Theme.radius
    border.width: Theme.outline
    border.color: Theme.line
}
