// Letters for finding a service by its initials. Not a keyboard: nothing personal is typed here, and
// nothing that is typed is remembered.
pragma ComponentBehavior: Bound
import QtQuick
import Kiosk

Item {
    id: pad

    property string value: ""
    property bool flat: false
    readonly property var rows: flat ? ["ABCDEFGHI", "JKLMNOPQR", "STUVWXYZ"] : ["ABCDEFG", "HIJKLMN", "OPQRSTU", "VWXYZ"]
    readonly property int across: rows[0].length
    readonly property real cell: (width - (across - 1) * gap) / across
    readonly property real gap: 12
    readonly property real keyHeight: Math.max(88, Math.min(Theme.target, cell))

    signal edited(string value)

    implicitHeight: rows.length * (keyHeight + gap) - gap

    Repeater {
        model: pad.rows

        Row {
            id: row

            required property int index
            required property string modelData

            y: index * (pad.keyHeight + pad.gap)
            spacing: pad.gap

            Repeater {
                model: row.modelData.split("")

                LetterKey {
                    required property string modelData

                    name: "key-" + modelData
                    text: modelData
                    width: pad.cell
                    height: pad.keyHeight
                    onPressed: pad.edited(pad.value + modelData)
                }
            }
            LetterKey {
                visible: row.index === pad.rows.length - 1
                name: "key-backspace"
                icon: "backspace"
                words: qsTrId("search.erase")
                width: visible ? pad.cell * (pad.flat ? 1 : 2) + (pad.flat ? 0 : pad.gap) : 0
                height: pad.keyHeight
                onPressed: pad.edited(pad.value.slice(0, -1))
            }
        }
    }
}
