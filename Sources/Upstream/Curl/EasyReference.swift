/// An easy handle as libcurl knows it; the object that it comes from keeps it alive.
@safe struct EasyReference {
    private let raw: OpaquePointer

    init(_ pointer: UnsafeMutableRawPointer) { unsafe raw = OpaquePointer(pointer) }

    var pointer: UnsafeMutableRawPointer { unsafe UnsafeMutableRawPointer(raw) }
}
