// Nobody is here: hall, time, what the hall wants known, and an invitation seen across the room.
pragma ComponentBehavior: Bound
import QtQuick
import Kiosk
import Kiosk.Views

Item {
    id: page

    readonly property bool wide: width > height * 1.25
    property int shown: 0

    ClockWords {
        id: clock
    }
    Rectangle {
        id: poster
        width: page.wide ? page.width * 0.56 : page.width
        height: page.wide ? page.height : page.height * 0.6
        color: Theme.contrast ? "#000000" : Theme.brand
        clip: true

        Repeater {
            model: Theme.contrast ? 0 : 4

            Rectangle {
                required property int index

                anchors.centerIn: ring
                width: 420 + index * 260
                height: width
                radius: width / 2
                color: "transparent"
                border.width: 2
                border.color: "#FFFFFF"
                opacity: 0.1
            }
        }
        Item {
            id: ring
            x: poster.width - 120
            y: 80
            width: 1
            height: 1
        }
        Column {
            x: 72
            y: page.wide ? 72 : 112
            width: parent.width - 144
            spacing: 12

            Words {
                width: parent.width
                text: Visit.hallTitle
                color: "#FFFFFF"
                font.pixelSize: 60
                font.bold: true
                lineHeight: 1.04
            }
            Words {
                width: parent.width
                text: qsTrId("idle.what")
                color: "#FFFFFF"
                opacity: 0.9
                font.pixelSize: 36
            }
            Item {
                width: 1
                height: page.wide ? 0 : 56
            }
            Words {
                text: clock.words
                color: "#FFFFFF"
                font.pixelSize: page.wide ? 150 : 200
                font.bold: true
                lineHeight: 1
                wrapMode: Text.NoWrap
            }
            Words {
                width: parent.width
                text: clock.day
                color: "#FFFFFF"
                font.pixelSize: 44
            }
        }
        Rectangle {
            id: notice
            anchors.bottom: parent.bottom
            anchors.bottomMargin: 64
            x: 72
            width: parent.width - 144
            height: Math.max(210, noticeWords.implicitHeight + 64)
            radius: Theme.radius
            visible: Visit.noticeTitles.length > 0
            color: Theme.contrast ? "#000000" : "#FFFFFF"
            border.width: Theme.contrast ? 3 : 0
            border.color: Theme.text

            Column {
                id: noticeWords
                x: 40
                y: 32
                width: parent.width - 80
                spacing: 8

                Row {
                    spacing: 16

                    Icon {
                        anchors.verticalCenter: parent.verticalCenter
                        name: "bell"
                        size: 44
                        color: Theme.primary
                        weight: 2
                    }
                    Words {
                        width: noticeWords.width - 60
                        text: Visit.noticeTitles[page.shown % Math.max(1, Visit.noticeTitles.length)] ?? ""
                        font.bold: true
                        lineHeight: 1.02
                    }
                }
                Words {
                    width: parent.width
                    text: Visit.noticeBodies[page.shown % Math.max(1, Visit.noticeBodies.length)] ?? ""
                    color: Theme.secondary
                    font.pixelSize: 30
                }
            }
            Row {
                anchors.right: parent.right
                anchors.rightMargin: 40
                anchors.bottom: parent.bottom
                anchors.bottomMargin: 20
                spacing: 10
                visible: Visit.noticeTitles.length > 1

                Repeater {
                    model: Visit.noticeTitles.length

                    Rectangle {
                        required property int index

                        width: index === page.shown % Visit.noticeTitles.length ? 28 : 10
                        height: 10
                        radius: 5
                        color: index === page.shown % Visit.noticeTitles.length ? Theme.primary : Theme.line
                    }
                }
            }
        }
        Timer {
            interval: 8000
            running: Visit.noticeTitles.length > 1
            repeat: true
            onTriggered: page.shown += 1
        }
    }
    Item {
        id: invitation
        x: page.wide ? poster.width : 0
        y: page.wide ? 0 : poster.height
        width: page.width - x
        height: page.height - y

        Column {
            anchors.centerIn: parent
            width: parent.width - 2 * 72
            spacing: 32

            Banner {
                width: parent.width
                visible: Visit.cardLeft
                title: qsTrId("idle.card_left")
                text: qsTrId("idle.card_left.do")
            }
            Item {
                anchors.horizontalCenter: parent.horizontalCenter
                width: 220
                height: 220
                visible: Visit.inviting && (!Visit.cardLeft || page.wide)

                Rectangle {
                    id: halo
                    anchors.centerIn: parent
                    width: 180
                    height: 180
                    radius: width / 2
                    color: Theme.primarySoft
                    border.width: 3
                    border.color: Theme.primary

                    SequentialAnimation on scale {
                        loops: Animation.Infinite
                        running: page.visible

                        NumberAnimation { to: 1.18; duration: 900; easing.type: Easing.OutQuad }
                        NumberAnimation { to: 1; duration: 900; easing.type: Easing.InQuad }
                    }
                }
                Icon {
                    anchors.centerIn: parent
                    name: "hand"
                    size: 104
                    color: Theme.primary
                    weight: 1.6
                }
            }
            Words {
                width: parent.width
                horizontalAlignment: Text.AlignHCenter
                text: Visit.inviting ? "触摸屏幕，开始办理" : qsTrId("idle.preparing")
                font.pixelSize: page.wide ? 64 : 76
                font.bold: true
                lineHeight: 1.02
            }
            Words {
                width: parent.width
                horizontalAlignment: Text.AlignHCenter
                visible: Visit.inviting
                text: "Touch the screen to begin"
                color: Theme.secondary
                font.pixelSize: 40
            }
            WaitingMark {
                anchors.horizontalCenter: parent.horizontalCenter
                visible: !Visit.inviting
                size: 140
            }
            Row {
                anchors.horizontalCenter: parent.horizontalCenter
                spacing: Theme.gap
                topPadding: 8
                visible: Visit.inviting

                PushButton {
                    name: "language-zh"
                    kind: "secondary"
                    icon: "globe"
                    text: "中文"
                    width: 300
                    onPressed: Visit.act("language", "zh")
                }
                PushButton {
                    name: "language-en"
                    kind: "secondary"
                    icon: "globe"
                    text: "English"
                    width: 300
                    onPressed: Visit.act("language", "en")
                }
            }
        }
    }
    // The whole screen begins a visit; the language buttons above take their own touches first.
    Touch {
        onTapped: Visit.act("begin", "")
    }
    Item {
        objectName: "begin"
        anchors.centerIn: poster
        width: 200
        height: 200

        Accessible.role: Accessible.Button
        Accessible.name: "触摸屏幕，开始办理 Touch the screen to begin"
        Accessible.onPressAction: Visit.act("begin", "")
    }
}
