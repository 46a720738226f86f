// The reader waits for the card; says what it sees, and why the last try failed.
pragma ComponentBehavior: Bound
import QtQuick
import Kiosk
import Kiosk.Views

PageFrame {
    id: page

    readonly property bool broken: Reader.readerFault.length > 0
    readonly property bool again: Reader.fault === "card.already_read"

    title: broken ? qsTrId("card.title.broken") : Reader.found ? qsTrId("card.title.reading") : qsTrId("card.title")
    lead: broken ? "" : Reader.found ? qsTrId("card.lead.reading") : qsTrId("card.lead")
    backText: qsTrId("button.back")

    ReaderPicture {
        id: picture
        width: parent.width
        height: Math.min(720, parent.height - notes.implicitHeight - 48)
        found: Reader.found
        take: page.again
        visible: height >= 180
        opacity: page.broken ? 0.35 : 1
    }
    Column {
        id: notes
        anchors.bottom: parent.bottom
        width: parent.width
        spacing: Theme.gap

        Banner {
            objectName: "reader-fault"
            width: parent.width
            visible: page.broken
            kind: "danger"
            text: Visit.words(Reader.readerFault, "do")
        }
        Banner {
            objectName: "card-fault"
            width: parent.width
            visible: !page.broken && Reader.fault.length > 0
            title: Visit.words(Reader.fault, "title")
            text: Visit.words(Reader.fault, "do")
        }
        Panel {
            objectName: "card-state"
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
                    text: page.broken ? qsTrId("card.state.broken") : Reader.found ? qsTrId("card.state.reading") : Reader.fault.length > 0 ? qsTrId("card.state.again") : qsTrId("card.state.waiting")
                    font.bold: true
                }
            }
        }
    }
}
