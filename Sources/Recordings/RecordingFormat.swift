/// The words of the format, written and read in one place each.
package enum RecordingFormat {
    /// Value of `_gatehouse.format` in the first line.
    package static let name = "gatehouse-recording"
    package static let version = 1
    /// How the first line of every recording begins.
    static let opening = Array("{\"_gatehouse\":{\"format\":\"gatehouse-recording\"".utf8)
}
