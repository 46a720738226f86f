// One step: title, one sentence, the work area, and a footer with the same things in the same places.
// Wide screens put the title beside the work instead of above it.
pragma ComponentBehavior: Bound
import QtQuick
import Kiosk
import Kiosk.Views

Item {
    id: page

    property string title: ""
    property string lead: ""
    property bool showSteps: true
    property string backText: ""
    property string backName: "back"
    property string primaryText: ""
    property string primaryName: ""
    property string primaryIcon: "arrow-right"
    property bool primaryActive: true
    property string primaryReason: ""
    property string secondaryText: ""
    property string secondaryName: ""
    property string secondaryIcon: ""
    default property alias content: body.data
    readonly property bool wide: width > height * 1.25
    readonly property bool cramped: height < 1300
    // The column beside the work; large type needs more of it.
    readonly property real side: Math.round(width * (Theme.large ? 0.4 : 0.34))
    readonly property real bodyWidth: body.width
    readonly property real bodyHeight: body.height
    // Three buttons of a long language do not stand side by side on a narrow screen: the primary gets a row of its own.
    readonly property bool stacked: back.visible && secondary.visible && primary.visible && back.width + secondary.width + primary.needs + 2 * Theme.margin + 2 * Theme.gap > width

    Item {
        id: head
        x: Theme.margin
        y: page.cramped ? 28 : 48
        width: page.wide ? page.side - Theme.margin : page.width - 2 * Theme.margin
        height: words.implicitHeight

        Column {
            id: words
            width: parent.width
            spacing: page.cramped ? 16 : 24

            Stepper {
                width: parent.width
                visible: page.showSteps && Visit.stepNames.length > 0
                names: Visit.stepNames
                current: Visit.stepIndex
            }
            Words {
                width: parent.width
                text: page.title
                font.pixelSize: page.cramped && (!page.wide || Theme.large) ? Theme.heading * 1.15 : Theme.title
                font.bold: true
                lineHeight: 1.02
                Accessible.role: Accessible.Heading
                Accessible.name: text
            }
            Words {
                width: parent.width
                visible: text.length > 0
                text: page.lead
                color: Theme.secondary
            }
        }
    }
    Item {
        id: body
        x: page.wide ? page.side + 48 : Theme.margin
        y: page.wide ? (page.cramped ? 28 : 48) : head.y + head.height + (page.cramped ? 28 : 48)
        width: page.width - x - Theme.margin
        height: foot.y - y - 32
    }
    Rectangle {
        id: foot
        anchors.bottom: parent.bottom
        width: parent.width
        height: Theme.target + 56 + (page.stacked ? Theme.target + Theme.gap : 0)
        color: Theme.card

        Rectangle {
            width: parent.width
            height: Theme.outline
            color: Theme.line
        }
        PushButton {
            id: back
            x: Theme.margin
            y: parent.height - height - 28
            visible: page.backText.length > 0
            kind: "secondary"
            name: page.backName
            icon: page.backName === "leave" ? "close" : page.backName === "home" ? "home" : "back"
            text: page.backText
            onPressed: Visit.act(page.backName, "")
        }
        PushButton {
            id: secondary
            anchors.right: primary.visible && !page.stacked ? primary.left : parent.right
            anchors.rightMargin: primary.visible && !page.stacked ? Theme.gap : Theme.margin
            y: parent.height - height - 28
            visible: page.secondaryText.length > 0
            kind: "secondary"
            name: page.secondaryName
            icon: page.secondaryIcon
            text: page.secondaryText
            onPressed: Visit.act(page.secondaryName, "")
        }
        PushButton {
            id: primary

            readonly property real needs: Math.max(implicitWidth, 320)

            anchors.right: parent.right
            anchors.rightMargin: Theme.margin
            y: page.stacked ? 28 : parent.height - height - 28
            visible: page.primaryText.length > 0
            width: page.stacked ? parent.width - 2 * Theme.margin : needs
            name: page.primaryName
            icon: page.primaryIcon
            text: page.primaryText
            active: page.primaryActive
            reason: page.primaryReason
            onPressed: Visit.act(page.primaryName, "")
        }
    }
}
