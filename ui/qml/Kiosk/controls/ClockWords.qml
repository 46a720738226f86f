// The wall time for people to read; nothing waits by it.
pragma ComponentBehavior: Bound
import QtQuick
import Kiosk.Views

Item {
    id: clock

    property date now: new Date()
    readonly property string words: Qt.formatTime(now, "HH:mm")
    readonly property string day: Visit.language === "zh" ? now.toLocaleDateString(Qt.locale("zh_CN"), "yyyy年M月d日 dddd") : now.toLocaleDateString(Qt.locale("en_GB"), "dddd, d MMMM yyyy")

    Timer {
        interval: 1000
        running: true
        repeat: true
        triggeredOnStart: true
        onTriggered: clock.now = new Date()
    }
}
