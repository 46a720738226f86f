// The scanner waits for a code; says how to hold it, and why the last one could not be used.
pragma ComponentBehavior: Bound
import QtQuick
import Kiosk
import Kiosk.Views

PageFrame {
    id: page

    readonly property bool broken: Scanner.scannerFault.length > 0

    title: broken ? qsTrId("scan.title.broken") : Scanner.title
    lead: broken ? qsTrId("scan.lead.broken") : Scanner.lead
    backText: qsTrId("button.back")

    ScannerPicture {
        width: parent.width
        height: Math.min(720, parent.height - notes.implicitHeight - 48)
        refused: Scanner.fault.length > 0
        visible: height >= 180
        opacity: page.broken ? 0.35 : 1
    }
    Column {
        id: notes
        anchors.bottom: parent.bottom
        width: parent.width
        spacing: Theme.gap

        Banner {
            objectName: "scanner-fault"
            width: parent.width
            visible: page.broken
            kind: "danger"
            title: Visit.words(Scanner.scannerFault, "title")
            text: Visit.words(Scanner.scannerFault, "do")
        }
        Banner {
            objectName: "code-fault"
            width: parent.width
            visible: !page.broken && Scanner.fault.length > 0
            title: Visit.words(Scanner.fault, "title")
            text: Visit.words(Scanner.fault, "do")
        }
        Panel {
            objectName: "scan-state"
            width: parent.width
            height: state.implicitHeight + 56

            Row {
                id: state
                anchors.centerIn: parent
                spacing: 24

                WaitingMark {
                    anchors.verticalCenter: parent.verticalCenter
                    size: 64
                }
                Words {
                    anchors.verticalCenter: parent.verticalCenter
                    text: page.broken ? qsTrId("scan.state.broken") : qsTrId("scan.state.waiting")
                    font.bold: true
                }
            }
        }
    }
}
