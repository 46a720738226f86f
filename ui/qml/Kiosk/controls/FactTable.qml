// Rows of a register's answer under a header that stays. On a narrow screen a row becomes a block of
// labelled lines rather than a line that runs off the edge.
pragma ComponentBehavior: Bound
import QtQuick
import Kiosk

Item {
    id: table

    property var columns: []
    property var rows: []
    readonly property bool blocks: Theme.large || width / Math.max(1, columns.length) < 190
    // Columns share the room by what they hold; the first, which may wrap, never takes more than a third.
    readonly property var widths: shared()

    function weight(words: string): real {
        let sum = 0;
        for (const letter of words)
            sum += letter.codePointAt(0) > 0x2000 ? 1 : 0.58;
        return sum + 1;
    }
    function shared(): var {
        const heaviest = columns.map((name, column) => rows.reduce((most, row) => Math.max(most, weight(row[column] ?? "")), weight(name) * 0.85));
        const rest = heaviest.slice(1).reduce((sum, one) => sum + one, 0);
        heaviest[0] = Math.min(heaviest[0], Math.max(5, rest * 0.55));
        const all = heaviest.reduce((sum, one) => sum + one, 0);
        return heaviest.map(one => (width - 64) * one / all);
    }

    implicitHeight: inner.implicitHeight

    Column {
        id: inner
        width: parent.width

        Rectangle {
            width: parent.width
            height: visible ? header.implicitHeight + 32 : 0
            visible: !table.blocks
            color: Theme.sunken
            radius: Theme.fieldRadius

            Row {
                id: header
                x: 32
                y: 16

                Repeater {
                    model: table.columns

                    Words {
                        required property string modelData
                        required property int index

                        width: table.widths[index] ?? 0
                        text: modelData
                        color: Theme.secondary
                        font.pixelSize: Theme.small
                        horizontalAlignment: index === 0 ? Text.AlignLeft : Text.AlignRight
                        lineHeight: 0.96
                    }
                }
            }
        }
        Repeater {
            model: table.rows

            Rectangle {
                id: line

                required property var modelData
                required property int index

                width: table.width
                height: (table.blocks ? block.implicitHeight : cells.implicitHeight) + 40
                color: index % 2 === 1 ? Theme.sunken : "transparent"
                radius: Theme.fieldRadius

                Accessible.role: Accessible.StaticText
                Accessible.name: line.modelData.join(", ")

                Row {
                    id: cells
                    x: 32
                    y: 20
                    visible: !table.blocks

                    Repeater {
                        model: table.blocks ? [] : line.modelData

                        Words {
                            required property string modelData
                            required property int index

                            width: table.widths[index] ?? 0
                            text: modelData
                            font.pixelSize: Theme.body - 2
                            font.bold: index === 0
                            horizontalAlignment: index === 0 ? Text.AlignLeft : Text.AlignRight
                            lineHeight: 1.02
                        }
                    }
                }
                Column {
                    id: block
                    x: 32
                    y: 20
                    width: parent.width - 64
                    visible: table.blocks
                    spacing: 6

                    Repeater {
                        model: table.blocks ? line.modelData : []

                        Item {
                            id: pair

                            required property string modelData
                            required property int index

                            width: block.width
                            height: Math.max(label.implicitHeight, value.implicitHeight)

                            Words {
                                id: label
                                visible: pair.index > 0
                                width: parent.width * 0.45
                                text: table.columns[pair.index] ?? ""
                                color: Theme.secondary
                                font.pixelSize: Theme.small
                                lineHeight: 1.02
                            }
                            Words {
                                id: value
                                x: pair.index > 0 ? parent.width * 0.45 : 0
                                width: parent.width - x
                                text: pair.modelData
                                font.bold: pair.index === 0
                                horizontalAlignment: pair.index > 0 ? Text.AlignRight : Text.AlignLeft
                                lineHeight: 1.02
                            }
                        }
                    }
                }
            }
        }
    }
}
