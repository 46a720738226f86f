// The bench panel: lays cards, empties paper, pulls cables. A tool for people who build and show the
// terminal, so it is dense where the terminal is not.
pragma ComponentBehavior: Bound
import QtQuick
import QtQuick.Window
import Kiosk.Bench

Window {
    id: window

    visible: true
    x: 1100
    width: 560
    height: 1240
    minimumWidth: 460
    color: "#20272F"
    title: "Bench – the hardware"

    component Line: Text {
        color: "#E6EBF1"
        font.family: "Noto Sans SC"
        font.pixelSize: 18
        wrapMode: Text.Wrap
        textFormat: Text.PlainText
    }
    component Heading: Text {
        color: "#93A4B8"
        font.family: "Noto Sans SC"
        font.pixelSize: 15
        font.bold: true
        topPadding: 10
    }
    component Key: Rectangle {
        id: key

        property string text: ""
        property string deed: ""
        property string value: ""
        property bool on: false
        property bool able: true

        objectName: deed
        width: (parent.width - 20) / 3
        height: 58
        radius: 8
        opacity: able ? 1 : 0.4
        color: tap.pressed ? "#3D7CC2" : on ? "#2C5F99" : "#323D49"

        Accessible.role: Accessible.Button
        Accessible.name: text
        Accessible.onPressAction: Bench.act(key.deed, key.value)

        Line {
            anchors.centerIn: parent
            width: parent.width - 12
            horizontalAlignment: Text.AlignHCenter
            text: key.text
            font.pixelSize: 16
        }
        TapHandler {
            id: tap
            enabled: key.able
            onTapped: Bench.act(key.deed, key.value)
        }
    }

    Flickable {
        anchors.fill: parent
        anchors.margins: 20
        contentHeight: all.height
        clip: true

        Column {
            id: all
            width: parent.width
            spacing: 10

            Heading {
                text: "PEOPLE – choose one, then lay the card"
            }
            Repeater {
                model: Bench.people

                Rectangle {
                    id: person

                    required property var modelData
                    readonly property bool chosen: Bench.person === modelData.id
                    readonly property bool lies: Bench.card === modelData.id

                    objectName: "person-" + modelData.id
                    width: all.width
                    height: Math.max(54, who.implicitHeight + 16)
                    radius: 8
                    color: chosen ? "#2C5F99" : "#2A333D"
                    border.width: lies ? 3 : 0
                    border.color: "#58C98B"

                    Column {
                        id: who
                        x: 14
                        anchors.verticalCenter: parent.verticalCenter
                        width: parent.width - 28

                        Line {
                            width: parent.width
                            text: person.modelData.name + (person.lies ? "  · card on the reader" : "")
                        }
                        Line {
                            width: parent.width
                            color: "#B9C5D2"
                            font.pixelSize: 14
                            text: person.modelData.note
                        }
                    }
                    TapHandler {
                        onTapped: Bench.choose(person.modelData.id)
                    }
                }
            }
            Heading {
                text: "CARD READER"
            }
            Flow {
                width: parent.width
                spacing: 10

                Key { text: "Lay card"; deed: "card.lay"; value: Bench.person; able: Bench.reader }
                Key { text: "Lift card"; deed: "card.lift"; able: Bench.card.length > 0 }
                Key { text: "Lift while reading (next)"; deed: "card.lift_while_reading"; value: "300"; able: Bench.reader }
                Key { text: Bench.reader ? "Unplug" : "Plug in"; deed: Bench.reader ? "reader.unplug" : "reader.plug" }
                Key { text: "Unreadable card"; deed: "reader.unreadable"; value: "on"; able: Bench.reader }
                Key { text: "Readable again"; deed: "reader.unreadable"; value: "off"; able: Bench.reader }
                Key { text: "Silent"; deed: "reader.silent"; value: "on"; able: Bench.reader }
                Key { text: "Answers again"; deed: "reader.silent"; value: "off"; able: Bench.reader }
                Key { text: "Garble 3 frames"; deed: "reader.garble"; value: "3"; able: Bench.reader }
            }
            Heading {
                text: "CHIP CARD READER"
                visible: Bench.chip
            }
            Flow {
                width: parent.width
                spacing: 10
                visible: Bench.chip

                Key { text: "Put in their social security card"; deed: "chip.lay"; value: Bench.person; on: Bench.chipCard }
                Key { text: "Put in a staff card"; deed: "chip.lay_staff" }
                Key { text: "Take it out"; deed: "chip.lift"; able: Bench.chipCard }
                Key { text: "Unplug"; deed: "chip.unplug" }
                Key { text: "Plug in"; deed: "chip.plug" }
                Key { text: "Restart its service"; deed: "chip.restart_service" }
            }
            Heading {
                text: "DOCUMENT CAMERA"
                visible: Bench.camera || Bench.page.length > 0
            }
            Flow {
                width: parent.width
                spacing: 10
                visible: Bench.camera || Bench.page.length > 0

                Key { text: "Lay a letter"; deed: "page.lay"; value: "letter"; on: Bench.page === "letter" }
                Key { text: "Lay a form"; deed: "page.lay"; value: "form"; on: Bench.page === "form" }
                Key { text: "Take the page"; deed: "page.take"; able: Bench.page.length > 0 }
                Key { text: "Stall"; deed: "camera.stall"; value: "on" }
                Key { text: "Run again"; deed: "camera.stall"; value: "off" }
                Key { text: Bench.camera ? "Unplug" : "Plug in"; deed: Bench.camera ? "camera.unplug" : "camera.plug" }
            }
            Heading {
                text: "CODE SCANNER"
            }
            Flow {
                width: parent.width
                spacing: 10

                Key { text: "Scan the last sheet's code"; deed: "code.scan_last_sheet"; able: Bench.sheets > 0 }
                Key { text: "Scan a stranger's code"; deed: "code.scan"; value: "https://example.invalid/not-ours" }
                Key { text: Bench.scanner ? "Unplug" : "Plug in"; deed: Bench.scanner ? "code.unplug" : "code.plug" }
            }
            Heading {
                text: "PRINTER – " + Bench.sheets + " sheets in the tray"
            }
            Flow {
                width: parent.width
                spacing: 10

                Key { text: Bench.paper ? "Empty the paper" : "Load paper"; deed: Bench.paper ? "paper.empty" : "paper.load"; on: !Bench.paper }
                Key { text: "Run out in next job"; deed: "paper.empty_during_next_job"; value: "0" }
                Key { text: Bench.jammed ? "Clear the jam" : "Jam"; deed: Bench.jammed ? "paper.clear_jam" : "paper.jam"; on: Bench.jammed }
                Key { text: Bench.printer ? "Switch off" : "Switch on"; deed: Bench.printer ? "printer.off" : "printer.on"; on: !Bench.printer }
                Key { text: "Kill the spooler"; deed: "spooler.kill" }
                Key { text: "Start the spooler"; deed: "spooler.start" }
            }
            Heading {
                text: "NETWORK AND CENTRAL"
            }
            Flow {
                width: parent.width
                spacing: 10

                Key { text: Bench.network ? "Cut the network" : "Restore it"; deed: Bench.network ? "cable.pull" : "cable.plug"; on: !Bench.network }
                Key { text: "Dead line"; deed: "cable.stall"; value: "on" }
                Key { text: "Line alive"; deed: "cable.stall"; value: "off" }
                Key { text: Bench.central ? "Stop central" : "Start central"; deed: Bench.central ? "central.stop" : "central.start"; on: !Bench.central }
            }
            Line {
                objectName: "said"
                width: parent.width
                color: Bench.failed ? "#FFB4A9" : "#9FD8B5"
                font.pixelSize: 15
                text: Bench.said
            }
        }
    }
}
