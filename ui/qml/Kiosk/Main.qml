// The stage: header, the page of the situation, and the one dialog. Draws what the visit says and
// hands touches back; decides nothing.
pragma ComponentBehavior: Bound
import QtQuick
import QtQuick.Window
import Kiosk
import Kiosk.Views

Window {
    id: window

    readonly property real unit: Math.min(width, height) / 1080
    readonly property string pageName: pages[Visit.situation] ?? "IdlePage"
    readonly property var pages: ({
        "Idle": "IdlePage",
        "Choosing": "HomePage",
        "Consenting": "ConsentPage",
        "Identifying": "CardPage",
        "Scanning": "ScanPage",
        "Asking": "WaitingPage",
        "Reviewing": "ReviewPage",
        "Committing": "WaitingPage",
        "Printing": "PrintPage",
        "Finished": "DonePage",
        "Apologising": "TroublePage",
        "Leaving": "LeavingPage"
    })
    readonly property bool idle: Visit.situation === "Idle"
    // Pages compiled while nobody waits for them, so that no touch pays for it.
    property var compiled: []

    color: Theme.surface
    title: Visit.kiosk

    Timer {
        interval: 300
        running: Visit.ready
        onTriggered: {
            const names = new Set(Object.values(window.pages));
            window.compiled = [...names].map(name => Qt.createComponent("pages/" + name + ".qml", Component.Asynchronous));
        }
    }
    Binding {
        target: Theme
        property: "mode"
        value: Visit.mode
    }
    Item {
        id: stage
        width: window.width / window.unit
        height: window.height / window.unit
        scale: window.unit
        transformOrigin: Item.TopLeft

        CalmBoard {
            id: calm
            width: parent.width
            height: Theme.low && !window.idle && stage.height > stage.width ? stage.height * 0.4 : 0
            visible: height > 0
        }
        HeaderBar {
            id: header
            y: calm.height
            width: parent.width
            height: visible ? implicitHeight : 0
            visible: !window.idle
        }
        Rectangle {
            id: offline
            objectName: "offline"
            y: header.y + header.height
            width: parent.width
            height: visible ? Math.max(76, told.implicitHeight + 24) : 0
            visible: !window.idle && !Visit.online
            color: Theme.warningSoft
            border.width: Theme.contrast ? 3 : 0
            border.color: Theme.warning

            Row {
                id: told
                anchors.centerIn: parent
                spacing: 16

                Icon {
                    anchors.verticalCenter: parent.verticalCenter
                    name: "cloud-off"
                    size: 40
                    color: Theme.warning
                    weight: 2
                }
                Words {
                    anchors.verticalCenter: parent.verticalCenter
                    width: Math.min(implicitWidth, offline.width - 2 * Theme.margin - 56)
                    text: qsTrId("offline")
                    color: Theme.warning
                    font.pixelSize: Theme.small
                    font.bold: true
                    lineHeight: 1.1
                }
            }
        }
        Loader {
            id: loader
            objectName: "page"
            y: offline.y + offline.height
            width: parent.width
            height: parent.height - y
            source: "pages/" + window.pageName + ".qml"
            onLoaded: if (!window.idle) arrival.restart()
        }
        // Moves and does not fade: what a page says can be read in its first frame.
        NumberAnimation {
            id: arrival
            target: loader
            property: "x"
            from: Visit.forward ? 72 : -72
            to: 0
            duration: Theme.slide
            easing.type: Easing.OutCubic
        }
        Loader {
            anchors.fill: parent
            active: Visit.asking
            source: "controls/AskDialog.qml"
        }
    }
}
