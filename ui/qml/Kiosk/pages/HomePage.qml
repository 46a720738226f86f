// What can be done here: by touch, or by the initials of its name.
pragma ComponentBehavior: Bound
import QtQuick
import Kiosk
import Kiosk.Views

PageFrame {
    id: page

    property bool searching: false

    title: searching ? qsTrId("search.title") : qsTrId("home.title")
    lead: !searching ? qsTrId("home.lead") : cramped && !wide ? "" : qsTrId("search.lead")
    showSteps: false
    backText: qsTrId("button.leave")
    backName: "leave"

    Rectangle {
        id: field
        objectName: "search"
        width: parent.width
        height: Theme.target
        radius: Theme.fieldRadius
        color: Theme.card
        border.width: page.searching ? 4 : 2
        border.color: page.searching ? Theme.focus : Theme.line

        Accessible.role: Accessible.Button
        Accessible.name: qsTrId("search.field")
        Accessible.onPressAction: page.searching = true

        Touch {
            onTapped: page.searching = true
        }
        Icon {
            id: glass
            x: 28
            anchors.verticalCenter: parent.verticalCenter
            name: "search"
            size: 52
            color: Theme.primary
            weight: 2
        }
        Words {
            anchors.left: glass.right
            anchors.leftMargin: 20
            anchors.right: parent.right
            anchors.rightMargin: 140
            anchors.verticalCenter: parent.verticalCenter
            text: Home.query.length > 0 ? Home.query : qsTrId("search.field")
            color: Home.query.length > 0 ? Theme.text : Theme.secondary
            font.bold: Home.query.length > 0
            font.pixelSize: Home.query.length > 0 ? Theme.heading : Theme.body
            lineHeight: 1
            wrapMode: Text.NoWrap
            elide: Text.ElideRight
        }
        Rectangle {
            objectName: "search-close"
            anchors.right: parent.right
            width: Theme.target
            height: parent.height
            color: "transparent"
            visible: page.searching

            Accessible.role: Accessible.Button
            Accessible.name: qsTrId("search.close")

            Touch {
                onTapped: {
                    page.searching = false;
                    Visit.act("search", "");
                }
            }
            Icon {
                anchors.centerIn: parent
                name: "close"
                size: 48
                color: Theme.secondary
                weight: 2
            }
        }
    }
    ListView {
        id: list
        anchors.top: field.bottom
        anchors.topMargin: 32
        anchors.bottom: pad.visible ? pad.top : parent.bottom
        anchors.bottomMargin: pad.visible ? 24 : 0
        width: parent.width
        clip: true
        spacing: 20
        model: Home.items
        boundsBehavior: Flickable.StopAtBounds
        section.property: page.searching ? "" : "department"
        section.delegate: Item {
            required property string section

            width: list.width
            height: department.implicitHeight + 8

            Words {
                id: department
                text: parent.section
                color: Theme.secondary
                font.bold: true
            }
        }
        delegate: ServiceTile {
            width: list.width
            onPressed: Visit.act("item", itemId)
        }
        footer: Item {
            width: list.width
            height: nothing.visible ? nothing.implicitHeight + 80 : 16

            Column {
                id: nothing
                y: 40
                width: parent.width
                spacing: 16
                visible: Home.count === 0

                Words {
                    width: parent.width
                    horizontalAlignment: Text.AlignHCenter
                    text: qsTrId("search.nothing").arg(Home.query)
                    font.bold: true
                }
                Words {
                    width: parent.width
                    horizontalAlignment: Text.AlignHCenter
                    text: qsTrId("search.nothing.do").arg(Visit.hallDesk).arg(Visit.hallPhone)
                    color: Theme.secondary
                }
            }
        }
    }
    LetterPad {
        id: pad
        anchors.bottom: parent.bottom
        width: parent.width
        visible: page.searching
        flat: page.wide || page.cramped
        value: Home.query
        onEdited: value => Visit.act("search", value)
    }
}
