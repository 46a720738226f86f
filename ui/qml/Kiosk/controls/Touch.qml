// A touch: it counts when the finger is lifted where it was set down, however long it rested there. There is no
// "long press" on this screen: who is old, careful or unsure holds a button longer than Qt's 0.8 seconds for one,
// and would see it go down and do nothing.
import QtQuick

TapHandler {
    gesturePolicy: TapHandler.ReleaseWithinBounds
    longPressThreshold: 0
}
