// Five grades by 好差评. Grade 1 is the best; leaving it alone is an answer too.
pragma ComponentBehavior: Bound
import QtQuick
import Kiosk

Item {
    id: grades

    property int grade: 0
    property bool rated: false
    readonly property real cell: (width - 4 * 16) / 5

    signal chosen(int grade)

    implicitHeight: row.implicitHeight

    Row {
        id: row
        spacing: 16

        Repeater {
            model: 5

            Rectangle {
                id: choice

                required property int index
                readonly property int value: index + 1
                readonly property bool mine: grades.rated && grades.grade === value

                objectName: "rate-" + value
                width: grades.cell
                height: face.height + label.implicitHeight + 56
                radius: Theme.radius
                color: mine ? Theme.primarySoft : tap.pressed ? Theme.primarySoft : Theme.card
                border.width: mine || Theme.contrast ? 3 : 1
                border.color: mine ? Theme.primary : Theme.line
                opacity: grades.rated && !mine ? 0.45 : 1

                Accessible.role: Accessible.RadioButton
                Accessible.name: label.text
                Accessible.checked: mine
                Accessible.onPressAction: if (!grades.rated) grades.chosen(choice.value)

                Touch {
                    id: tap
                    enabled: !grades.rated
                    onTapped: grades.chosen(choice.value)
                }
                Icon {
                    id: face
                    anchors.horizontalCenter: parent.horizontalCenter
                    y: 24
                    name: "face-" + choice.value
                    size: Math.min(88, grades.cell * 0.5)
                    weight: 1.6
                    color: choice.mine ? Theme.primary : Theme.text
                }
                Words {
                    id: label
                    anchors.top: face.bottom
                    anchors.topMargin: 12
                    width: parent.width
                    horizontalAlignment: Text.AlignHCenter
                    text: qsTrId("grade." + choice.value)
                    font.pixelSize: Theme.small
                    font.bold: choice.mine
                    lineHeight: 0.96
                }
            }
        }
    }
}
