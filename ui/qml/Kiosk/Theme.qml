// Measures, colours and type by role. Sizes are px on the reference screen (4.0 px per mm); the
// stage scales as a whole, so no control multiplies anything.
pragma ComponentBehavior: Bound
pragma Singleton
import QtQuick

QtObject {
    id: theme

    property string mode: "normal"
    readonly property bool large: mode === "large"
    readonly property bool contrast: mode === "contrast"
    readonly property bool low: mode === "low"

    // The hall's own colour; everything else follows a role.
    property color brand: "#0B57A4"

    readonly property color surface: contrast ? "#000000" : "#F5F7FA"
    readonly property color card: contrast ? "#000000" : "#FFFFFF"
    readonly property color sunken: contrast ? "#000000" : "#ECF0F5"
    readonly property color text: contrast ? "#FFFFFF" : "#1B2430"
    readonly property color secondary: contrast ? "#FFFFFF" : "#566173"
    readonly property color line: contrast ? "#FFFFFF" : "#D9DFE7"
    readonly property color primary: contrast ? "#FFE600" : brand
    readonly property color primaryPressed: contrast ? "#CCB800" : Qt.darker(brand, 1.32)
    readonly property color primaryInk: contrast ? "#000000" : "#FFFFFF"
    readonly property color primarySoft: contrast ? "#000000" : "#E8F0F9"
    readonly property color success: contrast ? "#FFFFFF" : "#1E7F4F"
    readonly property color successSoft: contrast ? "#000000" : "#EDF7F1"
    readonly property color warning: contrast ? "#FFE600" : "#9A5B00"
    readonly property color warningSoft: contrast ? "#000000" : "#FFF4DF"
    readonly property color danger: contrast ? "#FFE600" : "#B3261E"
    readonly property color dangerSoft: contrast ? "#000000" : "#FDECEA"
    readonly property color focus: "#F2A900"
    readonly property color disabledText: contrast ? "#BFBFBF" : "#6B7686"
    readonly property int outline: contrast ? 3 : 1

    readonly property string family: "Noto Sans SC"
    readonly property int body: large ? 44 : 34
    readonly property int small: large ? 36 : 28
    readonly property int heading: large ? 54 : 42
    readonly property int title: large ? 72 : 60
    readonly property int display: large ? 140 : 120
    // On top of the face's own spacing of 1.45, which makes 1.6.
    readonly property real lineHeight: 1.1

    readonly property int target: large ? 120 : 96
    readonly property int margin: 56
    readonly property int gap: 24
    readonly property int radius: 16
    readonly property int fieldRadius: 12

    readonly property int press: 120
    readonly property int slide: 240
}
