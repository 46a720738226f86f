// Content that may be longer than its place: scrolls, and shows that there is more.
pragma ComponentBehavior: Bound
import QtQuick
import Kiosk

Item {
    id: area

    default property alias content: inner.data
    readonly property bool more: flick.contentHeight - flick.contentY > flick.height + 4

    function showMore() {
        flick.contentY = Math.min(flick.contentHeight - flick.height, flick.contentY + flick.height * 0.8);
    }

    clip: true

    Flickable {
        id: flick
        anchors.fill: parent
        contentWidth: width
        contentHeight: inner.childrenRect.height
        boundsBehavior: Flickable.StopAtBounds
        flickableDirection: Flickable.VerticalFlick

        Item {
            id: inner
            width: flick.width
            height: childrenRect.height
        }
    }
    Rectangle {
        anchors.right: parent.right
        anchors.rightMargin: -2
        width: 8
        radius: 4
        visible: flick.contentHeight > flick.height + 4
        height: Math.max(60, flick.height * flick.height / Math.max(1, flick.contentHeight))
        y: (flick.height - height) * Math.min(1, flick.contentY / Math.max(1, flick.contentHeight - flick.height))
        color: Theme.secondary
        opacity: 0.5
    }
    Rectangle {
        objectName: "scroll-more"
        anchors.horizontalCenter: parent.horizontalCenter
        anchors.bottom: parent.bottom
        anchors.bottomMargin: 12
        visible: area.more
        width: hint.implicitWidth + 56
        height: Theme.target
        radius: height / 2
        color: Theme.text
        opacity: 0.9

        Accessible.role: Accessible.Button
        Accessible.name: hint.text
        Accessible.onPressAction: area.showMore()

        Words {
            id: hint
            anchors.centerIn: parent
            text: qsTrId("scroll.more")
            color: Theme.card
            font.pixelSize: Theme.small
            lineHeight: 1
        }
        // Takes the touch for itself: what lies beneath, such as a grade, must not hear it too.
        Touch {
            onTapped: area.showMore()
        }
    }
}
