/// The bytes of a ``Secret``, wiped when the last owner lets go.
///
/// `@unchecked Sendable`: the memory is written once, in `init`, before the reference exists anywhere else, is only
/// read afterwards, and is freed in `deinit`, when no other reference exists.
final class SecretStorage: @unchecked Sendable {
    private let memory: UnsafeMutableBufferPointer<UInt8>

    init(_ bytes: some Collection<UInt8>) {
        memory = .allocate(capacity: bytes.count)
        _ = memory.initialize(fromContentsOf: bytes)
    }

    deinit {
        Platform.wipe(UnsafeMutableRawBufferPointer(memory))
        memory.deallocate()
    }

    var count: Int { memory.count }

    func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) throws -> Result) rethrows -> Result {
        try body(UnsafeBufferPointer(memory))
    }
}
