// Somebody else is at work: a register, or the terminal's own store. Says who and at what.
import QtQuick
import Kiosk
import Kiosk.Views

PageFrame {
    id: page

    readonly property bool asking: Visit.situation === "Asking"

    title: asking ? qsTrId("asking.title") : qsTrId("committing.title")
    lead: asking ? Visit.waitingFor : qsTrId("committing.lead")
    backText: asking ? qsTrId("button.back") : ""

    WaitingMark {
        anchors.horizontalCenter: parent.horizontalCenter
        y: Math.max(0, parent.height * 0.32 - size / 2)
        size: 200
    }
}
